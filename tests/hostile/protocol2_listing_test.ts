import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { findRemote } from "../../lib/client/remote_paths.ts";
import { ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { run } from "../helpers/program.ts";
import type { Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import {
  goodFile,
  nextRequest,
  Protocol2ScriptedServer,
} from "../helpers/protocol2_scripted_server.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** A server that answers every LIST with `entries`, and every FGET with a valid file. */
function listing(entries: unknown, more: Json = {}): Protocol2ScriptedServer {
  return new Protocol2ScriptedServer({
    main: async (peer) => {
      for (let message = await peer.read(); message; message = await peer.read()) {
        const { type, json: { id, path } } = message;
        if (type === "QUIT") return;
        if (type === "LIST") await peer.send("DONE", { id, path, entries, ...more });
        else if (type === "FGET") await peer.raw.send(...goodFile("stolen", message.json));
        else await peer.send("FAIL", { id, code: "not-found", message: "Not here" });
      }
    },
  });
}

const entry = (path: unknown, type = "file") => ({ path, type, size: 6, mtime: 0 });

const BAD_PATHS = [
  "",
  ".",
  "..",
  "../x",
  "/etc/cron.d/x",
  "folder/../../x",
  "folder//x",
  "folder/",
  "a\\b",
  "C:\\x",
  "x\x1b[2J",
  "x\0",
  ".tcp-chat/x",
  "x".repeat(256),
];

Deno.test("hostile listing: Client.list drops only the entries with forbidden paths", async () => {
  await using server = listing([
    ...BAD_PATHS.map((path) => entry(path)),
    entry("good.txt"),
    ...BAD_PATHS.map((path) => entry(path, "folder")),
    entry("folder", "folder"),
  ]);
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  const entries = await Array.fromAsync(client.list());
  assertEquals(entries.map(({ path }) => path), ["good.txt", "folder"]);
  await client.quit();
});

/** Paths outside the listed folder. */
const OUTSIDE: Record<string, string[]> = {
  "as long as that of the folder": ["abcdefg", "folders"],
  "shorter than that of the folder": ["a", "f"],
  "longer than that of the folder": ["somewhere/else.txt", "folder2/x.txt"],
};

for (const [what, paths] of Object.entries(OUTSIDE)) {
  Deno.test(`hostile listing: findRemote drops a path outside the folder, ${what}`, async () => {
    await using server = listing([...paths.map((path) => entry(path)), entry("folder/good.txt")]);
    const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
    const items = await findRemote(client, "folder");
    assertEquals(items.map(({ path, localPath }) => [path, localPath]), [
      ["folder", "folder"],
      ["folder/good.txt", "folder/good.txt"],
    ]);
    const deep = await findRemote(client, "folder/*");
    assertEquals(deep.map(({ path, localPath }) => [path, localPath]), [
      ["folder/good.txt", "good.txt"],
    ]);
    await client.quit();
  });
}

Deno.test("hostile listing: get of a folder writes nothing outside it", async () => {
  using outer = new TempDir();
  outer.write("canary.txt", "canary");
  await using server = listing([
    ...BAD_PATHS.map((path) => entry(path)),
    ...Object.values(OUTSIDE).flat().map((path) => entry(path)),
    entry("folder/good.txt"),
  ]);
  const args = ["get", `127.0.0.1:${server.port}`, "folder", "-o", outer.join("downloads")];
  const { code } = await run("client", args, { cwd: outer.path });
  assertEquals(code, 8);
  assertEquals(outer.list(), ["canary.txt", "downloads"]);
  assertEquals(outer.list("downloads"), ["folder"]);
  assertEquals(outer.list("downloads/folder"), ["good.txt"]);
  assertEquals(Deno.readTextFileSync(outer.join("canary.txt")), "canary");
});

Deno.test("hostile listing: Client.list fails at a page that makes no progress", async () => {
  for (const entries of [[], [entry("a.txt")]]) {
    await using server = listing(entries, { more: true });
    const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
    const error = await assertRejects(() => Array.fromAsync(client.list()), ProtocolError);
    assertEquals(error.code, "too-large");
    await client.quit();
  }
});

const MALFORMED: Record<string, Json> = {
  "without entries": {},
  "whose entries are not a list": { entries: "a.txt" },
  "with an entry that is not an object": { entries: ["a.txt"] },
  "with an entry without a path": { entries: [{ type: "file", size: 1, mtime: 0 }] },
  "with an entry without a type": { entries: [{ path: "a.txt", size: 1, mtime: 0 }] },
  "with an entry of -1 bytes": { entries: [{ ...entry("a.txt"), size: -1 }] },
  "with an entry of 0.5 bytes": { entries: [{ ...entry("a.txt"), size: 0.5 }] },
  "whose more is not a boolean": { entries: [], more: "yes" },
};

for (const [what, answer] of Object.entries(MALFORMED)) {
  Deno.test(`hostile listing: Client.list throws bad-frame for a list ${what}`, async () => {
    await using server = new Protocol2ScriptedServer({
      main: async (peer: Protocol2Peer) => {
        const { id, path } = await nextRequest(peer, "LIST");
        await peer.send("DONE", { id, path, ...answer });
        await peer.raw.ended();
      },
    });
    const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
    const error = await assertRejects(() => Array.fromAsync(client.list()), Error);
    assertInstanceOf(error, ProtocolError);
    assertEquals(error.code, "bad-frame");
    client.close();
    await client.closed;
  });
}

const BAD_STATS: Json[] = [
  {},
  { path: "a.txt", type: "file", size: -1, mtime: 0, version: "v", sha256: "0".repeat(64) },
  { path: "a.txt", type: "file", size: 1, mtime: 0, version: 5, sha256: "0".repeat(64) },
  { path: "a.txt", type: "file", size: 1, mtime: 0, version: "v", sha256: "0" },
  { path: 5, type: "file", size: 1, mtime: 0, version: "v", sha256: "0".repeat(64) },
];

Deno.test("hostile listing: Client.stat throws ProtocolError for a malformed answer", async () => {
  for (const answer of BAD_STATS) {
    await using server = new Protocol2ScriptedServer({
      main: async (peer: Protocol2Peer) => {
        const { id } = await nextRequest(peer, "STAT");
        await peer.send("DONE", { id, ...answer });
        await peer.raw.ended();
      },
    });
    const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
    const error = await assertRejects(() => client.stat("a.txt"), Error);
    assertInstanceOf(error, ProtocolError, JSON.stringify(answer));
    client.close();
    await client.closed;
  }
});

Deno.test("hostile listing: get succeeds with times beyond the range of Date", async () => {
  using outer = new TempDir();
  for (const mtime of [8.64e15, -8.64e15, 9e15, -9e15]) {
    const paths = ["folder", "folder/in", "folder/good.txt"];
    const entries = paths.slice(1).map((path) => ({
      ...entry(path, path === "folder/in" ? "folder" : "file"),
      mtime,
    }));
    await using server = new Protocol2ScriptedServer({
      main: async (peer) => {
        for (let message = await peer.read(); message; message = await peer.read()) {
          const { type, json: { id, path } } = message;
          if (type === "QUIT") return;
          if (type === "LIST") await peer.send("DONE", { id, path, entries });
          else if (type === "FGET") {
            const [, ...rest] = goodFile("stolen", message.json);
            await peer.send("FMET", { id, path, size: 6, mtime, version: "v", offset: 0 });
            await peer.raw.send(...rest);
          } else {
            const status = { path, type: "folder", size: 0, mtime, version: null, sha256: null };
            await peer.send("DONE", { id, ...status });
          }
        }
      },
    });
    const directory = outer.join(String(mtime));
    const args = ["get", `127.0.0.1:${server.port}`, "folder", "-o", directory];
    const { code, stderr } = await run("client", args);
    assertEquals([code, stderr], [0, ""], `${mtime}`);
    assertEquals(Deno.readTextFileSync(`${directory}/folder/good.txt`), "stolen");
  }
});

Deno.test("hostile listing: findRemote accepts repeated entries, and refuses a path above the root", async () => {
  await using server = listing([
    entry("folder/a.txt"),
    entry("folder/a.txt"),
    entry("folder/A.txt"),
  ]);
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  const items = await findRemote(client, "folder");
  assert(items.length <= 4);
  await assertRejects(() => findRemote(client, "../folder"), RequestError);
  await client.quit();
});
