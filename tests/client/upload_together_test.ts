/** uploadAll sends small files together. */
import { assertEquals, assertInstanceOf } from "@std/assert";
import type { TransferAllResult } from "../../lib/client/batch.ts";
import { connect } from "../../lib/client/connect.ts";
import { uploadAll, type UploadAllOptions } from "../../lib/client/upload_all.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { type Json, jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { Protocol2ScriptedServer, SERVER_HELLO } from "../helpers/protocol2_scripted_server.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const OLD = new Date(1_700_000_000_000);

/** A folder `src` with files that were not just written. */
function makeSource(files: Record<string, string>): TempDir {
  const temp = new TempDir();
  for (const [path, content] of Object.entries(files)) {
    const full = temp.write(`src/${path}`, content);
    Deno.utimeSync(full, OLD, OLD);
  }
  return temp;
}

async function sendAll(
  port: number,
  source: TempDir,
  options: UploadAllOptions = {},
): Promise<TransferAllResult> {
  await using client = await connect({ hostname: "127.0.0.1", port });
  return await uploadAll(client, [source.join("src")], options);
}

/** By path: whether it was there before. */
function skippedOf({ files }: TransferAllResult): Record<string, boolean> {
  return Object.fromEntries(files.map(({ path, skipped }) => [path, skipped]).toSorted());
}

/** By path: the code, and the reason if there is one. */
function failuresOf({ failures }: TransferAllResult): Record<string, string> {
  return Object.fromEntries(failures.map(({ path, error }) => {
    assertInstanceOf(error, RequestError);
    return [path, error.code];
  }));
}

const FILES = { a: "aa", b: "", "c/d": "dd", large: "x".repeat(70_000) };

Deno.test("uploadAll: sends small files together, and large ones on their own", async () => {
  await using server = await startServer({ uploads: true });
  using source = makeSource(FILES);
  const result = await sendAll(server.port, source, { to: "in" });
  assertEquals([result.failures, result.omitted.count], [[], 0]);
  for (const { path, file, sizeBytes, sha256, skipped } of result.files) {
    const content = FILES[path.slice("in/src/".length) as keyof typeof FILES];
    assertEquals([sizeBytes, sha256, skipped], [content.length, sha256Of(content), false]);
    assertEquals(file, source.join(path.slice("in/".length)));
    assertEquals(Deno.readTextFileSync(server.root.join(path)), content);
    assertEquals(Deno.statSync(server.root.join(path)).mtime, OLD);
  }
  assertEquals(result.files.length, 4);
  assertEquals(server.root.list("in/src"), ["a", "b", "c", "large"]);
  const again = await sendAll(server.port, source, { to: "in" });
  assertEquals(again.files.map(({ skipped }) => skipped), [true, true, true, true]);
  assertEquals(server.eventsOf("upload").length, 4);
});

Deno.test("uploadAll: leaves other small files alone, or replaces them", async () => {
  await using server = await startServer({ uploads: true }, {
    "src/a": "aa",
    "src/b": "xx",
    "src/c": "longer",
  });
  using source = makeSource({ a: "aa", b: "bb", c: "cc", d: "dd" });
  const kept = await sendAll(server.port, source);
  assertEquals(skippedOf(kept), { "src/a": true, "src/d": false });
  assertEquals(failuresOf(kept), { "src/b": "exists", "src/c": "exists" });
  assertEquals(Deno.readTextFileSync(server.root.join("src/b")), "xx");
  const replaced = await sendAll(server.port, source, { replace: true });
  assertEquals(skippedOf(replaced), {
    "src/a": true,
    "src/b": false,
    "src/c": false,
    "src/d": true,
  });
  assertEquals(Deno.readTextFileSync(server.root.join("src/c")), "cc");
});

Deno.test("uploadAll: follows no link out of the folder that took a small file's place", async () => {
  if (Deno.build.os === "windows") return;
  await using server = await startServer({ uploads: true });
  using source = makeSource({ a: "aa", b: "bb" });
  const secret = source.write("secret", "secret");
  await using client = await connect({ hostname: "127.0.0.1", port: server.port });
  const result = await uploadAll(client, [source.join("src")], {
    onFound: () => {
      Deno.removeSync(source.join("src/a"));
      Deno.symlinkSync(secret, source.join("src/a"));
    },
  });
  assertEquals(skippedOf(result), { "src/b": false });
  assertEquals(Object.keys(failuresOf(result)), ["src/a"]);
  assertEquals(server.root.list("src"), ["b"]);
});

Deno.test("uploadAll: announces small files in a room", async () => {
  await using server = await startServer({ uploads: true });
  using source = makeSource({ a: "aa", b: "bb" });
  await using listener = await connect({ hostname: "127.0.0.1", port: server.port });
  const events = listener.events();
  await sendAll(server.port, source, { room: "lobby" });
  const paths: string[] = [];
  for await (const event of events) {
    if (event.event === "file") paths.push(event.path);
    if (paths.length === 2) break;
  }
  assertEquals(paths.toSorted(), ["src/a", "src/b"]);
});

/** Takes uploads; `answer` has what it says to MPUT. */
async function withServer(
  features: string[],
  answer: (request: Json) => Uint8Array,
  check: (port: number, asked: string[], source: TempDir) => Promise<void>,
  listed: Json[] | null = null,
): Promise<void> {
  const asked: string[] = [];
  const missing = { code: "not-found", message: "no" };
  const serve = async (peer: Protocol2Peer) => {
    for (let next = await peer.read(); next !== null; next = await peer.read()) {
      const { type, json } = next;
      const { id, path } = json;
      if (type === "QUIT") return;
      if (type === "LIST" && listed === null) await peer.send("FAIL", { id, ...missing });
      if (type === "LIST" && listed !== null) {
        await peer.send("DONE", { id, path, entries: listed });
      }
      if (type === "MGET") await peer.raw.send(...compared(json));
      if (type === "MKDR") await peer.send("DONE", { id, path });
      if (type === "MGET") asked.push(`MGET ${path} ${json.names}`);
      if (type === "MPUT" || type === "FPUT") asked.push(`${type} ${path}`);
      if (type === "MPUT") await peer.raw.send(answer(json));
      if (type === "FPUT") await peer.send("DONE", { id, path, size: 2, sha256: sha256Of("aa") });
    }
  };
  await using server = new Protocol2ScriptedServer({
    hello: { features: [...SERVER_HELLO.features as string[], ...features] },
    main: serve,
    data: serve,
  });
  using source = makeSource({ a: "aa", b: "aa" });
  await check(server.port, asked, source);
}

/** Answers an MGET that compares: the server has none of the files. */
function compared({ id, names }: Json): Uint8Array[] {
  const alone = String(names).split("\n").map((_, i) => i);
  const head = { id, same: [], alone, sizes: [], mtimes: [], sha256: "" };
  return [jsonFrame("MMET", head), jsonFrame("FEND", { id })];
}

const done = (lists: Json) => ({ id }: Json) => jsonFrame("DONE", { id, ...lists });

Deno.test("uploadAll: sends an old server each small file on its own", async () => {
  await withServer(["batch"], done({}), async (port, asked, source) => {
    const { files } = await sendAll(port, source);
    assertEquals([files.length, asked], [2, ["FPUT src/a", "FPUT src/b"]]);
  });
});

Deno.test("uploadAll: sends what the server does not take in a batch on its own", async () => {
  const refusal = ({ id }: Json) => jsonFrame("FAIL", { id, code: "denied", message: "no" });
  const cases: Array<[(request: Json) => Uint8Array, string[]]> = [
    [refusal, ["MPUT src", "FPUT src/a", "FPUT src/b"]],
    [done({ alone: [1] }), ["MPUT src", "FPUT src/b"]],
    [done({}), ["MPUT src"]],
  ];
  for (const [answer, wanted] of cases) {
    await withServer(["upload-batch"], answer, async (port, asked, source) => {
      const { files, failures } = await sendAll(port, source);
      assertEquals([files.length, failures.length, asked], [2, 0, wanted]);
    });
  }
});

Deno.test("uploadAll: reports the small files whose content arrived wrong as integrity", async () => {
  await withServer(["upload-batch"], done({ wrong: [0], same: [1] }), async (port, _, source) => {
    const result = await sendAll(port, source);
    assertEquals(skippedOf(result), { "src/b": true });
    assertEquals(failuresOf(result), { "src/a": "integrity" });
  });
});

Deno.test("uploadAll: does not take a malformed answer to a batch for success", async () => {
  for (const lists of [{ alone: [2] }, { same: "0" }, { wrong: [-1] }]) {
    await withServer(["upload-batch"], done(lists), async (port, _asked, source) => {
      const { files, failures } = await sendAll(port, source);
      assertEquals([files.length, failures.length], [0, 2], JSON.stringify(lists));
    });
  }
});

Deno.test("uploadAll: asks for no hash that is listed, and leaves the same file alone", async () => {
  const entry = (path: string, sha256?: string) => ({
    path,
    type: "file",
    size: 2,
    mtime: 0,
    ...(sha256 && { sha256 }),
  });
  const same = sha256Of("aa");
  // One that is another is not sent: nothing is to be replaced
  const cases: Array<[listed: Json[], asked: string[], skipped: string[]]> = [
    [[entry("src/a", same), entry("src/b", same)], [], ["src/a", "src/b"]],
    [[entry("src/a", same), entry("src/b")], ["MGET src b"], ["src/a"]],
    [[entry("src/a", same), entry("src/b", sha256Of("bb"))], [], ["src/a"]],
  ];
  for (const [listed, wanted, skipped] of cases) {
    await withServer(["batch", "upload-batch", "sums"], done({}), async (port, asked, source) => {
      const result = await sendAll(port, source);
      assertEquals([Object.keys(skippedOf(result)), asked], [skipped, wanted]);
    }, listed);
  }
});
