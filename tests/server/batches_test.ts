/** MGET: many small files for one request. */
import { assertEquals } from "@std/assert";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { type ManagedServer, startManaged } from "../helpers/managed_server.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { bytesOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";

const SMALL_BYTES = 65_536;
const BATCH_BYTES = 1_048_564;
/** Long enough before now: what was just written is answered on its own. */
const OLD = new Date(1_700_000_000_000);

/** A server with files that were not just written. */
async function startWith(
  files: Record<string, string | Uint8Array>,
  rules?: string,
): Promise<ManagedServer> {
  const fixture = await startManaged(files, rules, {});
  const { root } = fixture.server;
  for (const path of Object.keys(files)) Deno.utimeSync(root.join(path), OLD, OLD);
  return fixture;
}

interface Batch {
  readonly head: Json;
  readonly bytes: Uint8Array;
}

async function ask(peer: Protocol2Peer, fields: Json): Promise<Batch> {
  return await receive(peer, await peer.ask("MGET", fields));
}

async function receive(peer: Protocol2Peer, id: number): Promise<Batch> {
  const { id: headId, ...head } = await peer.expect("MMET");
  const pieces: Uint8Array[] = [];
  let last = (await peer.read())!;
  for (; last.type === "FDAT"; last = (await peer.read())!) pieces.push(last.payload);
  assertEquals([headId, last.type, last.json], [id, "FEND", { id }]);
  return { head, bytes: concatBytes(pieces) };
}

/** The head for files whose contents follow, in this order. */
function headOf(contents: readonly (string | Uint8Array)[], others: Json = {}): Json {
  return {
    ...others,
    sizes: contents.map(({ length }) => length),
    mtimes: contents.map(() => OLD.getTime()),
    sha256: contents.map((content) => sha256Of(content)).join(""),
  };
}

Deno.test("MGET: sends all files of a batch behind one head", async () => {
  const contents = ["", "b", patternedBytes(SMALL_BYTES), "deep"];
  const paths = ["a", "b", "c", "d/e/f"];
  const files = Object.fromEntries(paths.map((path, i) => [`in/${path}`, contents[i]!]));
  await using fixture = await startWith(files);
  const { peer, server } = fixture;
  const { head, bytes } = await ask(peer, { path: "in", names: paths.join("\n") });
  assertEquals(head, headOf(contents));
  assertEquals(sha256Of(bytes), sha256Of(concatBytes(contents.map(bytesOf))));
  assertEquals(
    server.eventsOf("download").map(({ path, bytes }) => [path, bytes]),
    paths.map((path, i) => [`in/${path}`, contents[i]!.length]),
  );
  await peer.assertLives();
});

Deno.test("MGET: sends nothing of a file that the client has, by its SHA-256", async () => {
  await using fixture = await startWith({ a: "same", b: "new" });
  const { peer, server } = fixture;
  const have = [sha256Of("same"), sha256Of("old")].join("\n");
  const { head, bytes } = await ask(peer, { path: "", names: "a\nb", have });
  assertEquals([head, bytes.length], [headOf(["new"], { same: [0] }), 3]);
  assertEquals(server.eventsOf("download").map(({ path }) => path), ["b"]);
  const compared = await ask(peer, { path: "", names: "a\nb", have, compare: true });
  assertEquals([compared.head, compared.bytes.length], [headOf([], { same: [0], alone: [1] }), 0]);
});

Deno.test("MGET: leaves to FGET what is large, no file, not there or the server's own", async () => {
  await using fixture = await startWith({
    a: "a",
    large: patternedBytes(SMALL_BYTES + 1),
    "folder/x": "x",
  });
  const { peer, server } = fixture;
  if (Deno.build.os !== "windows") Deno.symlinkSync("a", server.root.join("link"));
  const names = ["a", "large", "folder", "missing", "link", "a/b", "tcp-chat.db", "a"];
  const { head, bytes } = await ask(peer, { path: "", names: names.join("\n") });
  assertEquals(head, headOf(["a", "a"], { alone: [1, 2, 3, 4, 5, 6] }));
  assertEquals(bytes.length, 2);
});

Deno.test("MGET: leaves to FGET what does not fit into a batch", async () => {
  const full = Math.floor(BATCH_BYTES / SMALL_BYTES);
  const rest = BATCH_BYTES - full * SMALL_BYTES;
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < full; i++) files[`f${i}`] = patternedBytes(SMALL_BYTES, i + 1);
  for (const bytes of [rest - 1, rest, rest + 1]) files[`r${bytes}`] = patternedBytes(bytes);
  await using fixture = await startWith(files);
  const { peer } = fixture;
  for (const bytes of [rest - 1, rest, rest + 1]) {
    const names = Array.from({ length: full }, (_, i) => `f${i}`).concat(`r${bytes}`).join("\n");
    const batch = await ask(peer, { path: "", names });
    assertEquals(batch.head.alone, bytes > rest ? [full] : undefined);
    assertEquals(batch.bytes.length, full * SMALL_BYTES + (bytes > rest ? 0 : bytes));
  }
});

Deno.test("MGET: looks the same for a hidden file and one that is not there", async () => {
  const rules = "private/** none *\n";
  await using fixture = await startWith({ "private/a": "secret", "public/b": "open" }, rules);
  const { peer, server } = fixture;
  const have = `${sha256Of("secret")}\n${sha256Of("secret")}\n`;
  const names = "private/a\nprivate/missing\npublic/b";
  for (const compare of [false, true]) {
    const { head } = await ask(peer, { path: "", names, have, compare });
    assertEquals(head.alone, compare ? [0, 1, 2] : [0, 1]);
    assertEquals(head.same, undefined);
  }
  if (Deno.build.os === "windows") return;
  Deno.symlinkSync("../private/a", server.root.join("public/link"));
  assertEquals((await ask(peer, { path: "public", names: "link" })).head.alone, [0]);
});

Deno.test("MGET: is answered in its turn among downloads, and as a whole when cancelled", async () => {
  await using fixture = await startWith({ a: "a", b: patternedBytes(200_000) });
  const { peer } = fixture;
  const ids = [
    await peer.ask("FGET", { path: "b" }),
    await peer.ask("MGET", { path: "", names: "a" }),
    await peer.ask("FGET", { path: "a" }),
    await peer.ask("MGET", { path: "a", names: "../b" }),
    await peer.ask("MGET", { path: "", names: "a\nmissing" }),
  ];
  await peer.receiveFile(ids[0]!);
  assertEquals((await receive(peer, ids[1]!)).head, headOf(["a"]));
  await peer.receiveFile(ids[2]!);
  assertEquals(await peer.fail(ids[3]!), "bad-path");
  assertEquals((await receive(peer, ids[4]!)).head, headOf(["a"], { alone: [1] }));
  await peer.assertLives();
});

Deno.test("MGET: fails with unsupported on a server without files", async () => {
  await using server = await startServer({ files: false });
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await peer.refusal("MGET", { path: "", names: "a" }), "unsupported");
});
