import { assert, assertEquals } from "@std/assert";
import { ChildProcess } from "../helpers/child_process.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { unprivilegedPrefix } from "../helpers/unprivileged.ts";

const windows = Deno.build.os === "windows";
const MTIME = Date.UTC(2020, 1, 29, 12, 34, 56, 789);

/** All pages of a listing, with the bytes of each on the wire. */
async function listAll(
  peer: Protocol2Peer,
  fields: Json,
): Promise<{ pages: Json[][]; sizes: number[] }> {
  const pages: Json[][] = [];
  const sizes: number[] = [];
  for (let after: unknown;; after = pages.at(-1)!.at(-1)!.path) {
    const id = await peer.ask("LIST", { ...fields, ...(after !== undefined && { after }) });
    const message = (await peer.read())!;
    assertEquals([message.type, message.json.id], ["DONE", id]);
    pages.push(message.json.entries as Json[]);
    sizes.push(message.payload.length);
    if (message.json.more !== true) return { pages, sizes };
  }
}

const pathsOf = (entries: unknown) => (entries as Json[]).map(({ path }) => path);

Deno.test("LIST: returns path, type, size and time of each entry", async () => {
  await using server = await startServer({}, { "a.txt": "12345", "folder/b.txt": "b" });
  for (const name of ["a.txt", "folder"]) {
    Deno.utimeSync(server.root.join(name), new Date(), new Date(MTIME));
  }
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await peer.request("LIST", { path: "" }), {
    path: "",
    mtime: Deno.statSync(server.root.path).mtime!.getTime(),
    write: false,
    delete: false,
    entries: [
      { path: "a.txt", type: "file", size: 5, mtime: MTIME },
      { path: "folder", type: "folder", size: 0, mtime: MTIME },
    ],
  });
});

Deno.test("LIST: returns paths from the root on, and those in folders below only if recursive", async () => {
  await using server = await startServer({}, {
    "f/b.txt": "b",
    "f/g/c.txt": "c",
    "f/g/h/d.txt": "d",
    "other.txt": "",
  });
  using peer = await Protocol2Peer.connect(server.port);
  const flat = await peer.request("LIST", { path: "f" });
  assertEquals([flat.path, pathsOf(flat.entries)], ["f", ["f/b.txt", "f/g"]]);
  const deep = await peer.request("LIST", { path: "f", recursive: true });
  assertEquals(pathsOf(deep.entries), ["f/b.txt", "f/g", "f/g/c.txt", "f/g/h", "f/g/h/d.txt"]);
  const all = await peer.request("LIST", { path: "", recursive: true });
  assertEquals(pathsOf(all.entries).length, 7);
});

Deno.test("LIST: of a file returns that file, of an empty folder nothing", async () => {
  await using server = await startServer({}, { "f/a.txt": "12345" });
  Deno.mkdirSync(server.root.join("empty"));
  using peer = await Protocol2Peer.connect(server.port);
  const { entries } = await peer.request("LIST", { path: "f/a.txt" });
  assertEquals((entries as Json[]).map(({ path, type, size }) => [path, type, size]), [
    ["f/a.txt", "file", 5],
  ]);
  assertEquals((await peer.request("LIST", { path: "empty" })).entries, []);
});

Deno.test("LIST: fails with not-found for missing paths, with bad-path for forbidden paths", async () => {
  await using server = await startServer({}, { "a.txt": "a", ".tcp-chat/state": "private" });
  using peer = await Protocol2Peer.connect(server.port);
  for (const path of ["missing", "missing/b", "a.txt/b"]) {
    assertEquals(await peer.refusal("LIST", { path }), "not-found", path);
  }
  for (const path of ["/", ".", "..", "a/", "/a", "a//b", "../x", ".tcp-chat", ".TCP-Chat/x"]) {
    assertEquals(await peer.refusal("LIST", { path }), "bad-path", path);
  }
});

Deno.test("LIST: omits names that clients cannot request", async () => {
  await using server = await startServer({}, {
    ".tcp-chat/state": "private",
    "sub/.tcp-chat/state": "private",
    "good.txt": "good",
    ".hidden": "is a good name",
  });
  for (const name of windows ? [] : ["a:b", "a\\b", "dot.", "space ", "CON", "nul.txt", "x\ny"]) {
    server.root.write(name, "");
  }
  using peer = await Protocol2Peer.connect(server.port);
  const { entries } = await peer.request("LIST", { path: "", recursive: true });
  assertEquals(pathsOf(entries), [".hidden", "good.txt", "sub"]);
});

Deno.test({
  name: "LIST: lists links by their targets, and omits links out of the root or to nothing",
  ignore: windows,
  async fn() {
    using outside = new TempDir();
    outside.write("secret.txt", "secret");
    await using server = await startServer({}, { "folder/good.txt": "good", ".tcp-chat/x": "x" });
    const { root } = server;
    Deno.symlinkSync("folder/good.txt", root.join("file-in"));
    Deno.symlinkSync("folder", root.join("folder-in"));
    Deno.symlinkSync(".", root.join("self"));
    Deno.symlinkSync(outside.path, root.join("folder-out"));
    Deno.symlinkSync(outside.join("secret.txt"), root.join("file-out"));
    Deno.symlinkSync(".tcp-chat", root.join("private"));
    Deno.symlinkSync("nowhere", root.join("dangling"));
    Deno.symlinkSync("loop", root.join("loop"));
    new Deno.Command("mkfifo", { args: [root.join("fifo")] }).outputSync();
    using peer = await Protocol2Peer.connect(server.port);
    const { entries } = await peer.request("LIST", { path: "", recursive: true });
    assertEquals((entries as Json[]).map(({ path, type, size }) => [path, type, size]), [
      ["file-in", "file", 4],
      ["folder", "folder", 0],
      ["folder/good.txt", "file", 4],
      ["folder-in", "folder", 0],
      ["self", "folder", 0],
    ]);
    // The folder behind a link inside the root can be listed
    const through = await peer.request("LIST", { path: "self/folder-in" });
    assertEquals(pathsOf(through.entries), ["self/folder-in/good.txt"]);
    for (const path of ["folder-out", "file-out", "private"]) {
      assertEquals(await peer.refusal("LIST", { path }), "bad-path", path);
    }
    assertEquals(await peer.refusal("LIST", { path: "dangling" }), "not-found");
    assertEquals(await peer.refusal("LIST", { path: "fifo" }), "not-a-file");
  },
});

Deno.test({
  name:
    "LIST: of a folder that the server may not read is denied; elsewhere its entries are omitted",
  ignore: unprivilegedPrefix() === null,
  async fn() {
    using root = new TempDir();
    root.write("locked/file.txt", "secret");
    root.write("open.txt", "open");
    Deno.chmodSync(root.join("locked"), 0o000);
    await using child = new ChildProcess(
      "serve_child.ts",
      [JSON.stringify({ root: root.path })],
      unprivilegedPrefix()!,
    );
    const { port } = await child.waitFor("ready");
    using peer = await Protocol2Peer.connect(Number(port));
    assertEquals(await peer.refusal("LIST", { path: "locked" }), "denied");
    assertEquals(await peer.refusal("LIST", { path: "locked/file.txt" }), "denied");
    const { entries } = await peer.request("LIST", { path: "", recursive: true });
    assertEquals(pathsOf(entries), ["locked", "open.txt"]);
    Deno.chmodSync(root.join("locked"), 0o700);
  },
});

for (const recursive of [false, true]) {
  Deno.test(`LIST: returns thousands of entries in pages that fit an answer, recursive ${recursive}`, async () => {
    await using server = await startServer();
    const expected: string[] = [];
    for (let i = 0; i < 2_000; i++) {
      const number = String(i).padStart(4, "0");
      const folder = recursive ? `many/${number.slice(0, 2)}/` : "many/";
      expected.push(`${folder}${number}-${"ãé".repeat(i % 40)}.txt`);
      server.root.write(expected.at(-1)!, "");
    }
    using peer = await Protocol2Peer.connect(server.port);
    const { pages, sizes } = await listAll(peer, { path: "many", recursive });
    assert(pages.length > 5, `${pages.length} pages`);
    assert(sizes.every((size) => size <= 65_536), sizes.join());
    const found = pathsOf(pages.flat());
    assertEquals(new Set(found).size, found.length, "an entry is listed twice");
    assertEquals(found.filter((path) => String(path).endsWith(".txt")).sort(), expected.sort());
  });
}

Deno.test("LIST: continues after a path, even if it has been removed", async () => {
  await using server = await startServer({}, { "f/a": "", "f/b/x": "", "f/c": "" });
  using peer = await Protocol2Peer.connect(server.port);
  const after = async (path: string, fields: Json = {}) =>
    pathsOf((await peer.request("LIST", { path: "f", after: path, ...fields })).entries);
  assertEquals(await after("f/a"), ["f/b", "f/c"]);
  assertEquals(await after("f/c"), []);
  assertEquals(await after("f/b", { recursive: true }), ["f/b/x", "f/c"]);
  assertEquals(await after("f/b/x", { recursive: true }), ["f/c"]);
  Deno.removeSync(server.root.join("f/a"));
  assertEquals(await after("f/a"), ["f/b", "f/c"]);
  Deno.removeSync(server.root.join("f/b"), { recursive: true });
  assertEquals(await after("f/b/x", { recursive: true }), ["f/c"]);
});

Deno.test({
  name:
    "LIST: returns a name that is decomposed on the disk in NFC, and FGET finds it in either form",
  ignore: windows,
  async fn() {
    await using server = await startServer({}, { "cafe\u0301/a\u0303.txt": "deep" });
    using peer = await Protocol2Peer.connect(server.port);
    const { entries } = await peer.request("LIST", { path: "", recursive: true });
    assertEquals(pathsOf(entries), ["caf\u00e9", "caf\u00e9/\u00e3.txt"]);
    for (const path of ["caf\u00e9/\u00e3.txt", "cafe\u0301/a\u0303.txt"]) {
      const { head, bytes } = await peer.get(path);
      assertEquals([head.path, new TextDecoder().decode(bytes)], ["caf\u00e9/\u00e3.txt", "deep"]);
    }
  },
});

Deno.test("LIST: is unsupported without files", async () => {
  await using server = await startServer({ files: false }, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await peer.refusal("LIST", { path: "" }), "unsupported");
});

Deno.test("LIST: continues with the names found for the first page, once, and for its client only", async () => {
  await using server = await startServer();
  const names = Array.from({ length: 1_500 }, (_, i) => `many/${String(i).padStart(4, "0")}`);
  for (const name of names) server.root.write(name, "");
  using peer = await Protocol2Peer.connect(server.port);
  const first = await peer.request("LIST", { path: "many" });
  const after = pathsOf(first.entries).at(-1);
  server.root.write("many/9999", "");
  Deno.removeSync(server.root.join(names.at(-1)!));
  using other = await Protocol2Peer.connect(server.port);
  const expected = names.slice(names.indexOf(String(after)) + 1, -1);
  const fresh = await other.request("LIST", { path: "many", after });
  assertEquals(pathsOf(fresh.entries), [...expected, "many/9999"]);
  const next = await peer.request("LIST", { path: "many", after });
  assertEquals([pathsOf(next.entries), next.more], [expected, undefined]);
  const again = await peer.request("LIST", { path: "many", after });
  assertEquals(pathsOf(again.entries), [...expected, "many/9999"]);
});

Deno.test("LIST: omits entries that new rules hide between two pages", async () => {
  using data = new TempDir();
  data.write("rules", "open/** read *\n");
  await using server = await startServer({ dataDirectory: data.path });
  for (let i = 0; i < 1_500; i++) {
    server.root.write(`open/${String(i).padStart(4, "0")}-${"x".repeat(60)}`, "");
  }
  using peer = await Protocol2Peer.connect(server.port);
  const { entries, more } = await peer.request("LIST", { path: "open" });
  assertEquals(more, true);
  data.write("rules", "open read *\nopen/* read members\n");
  await server.waitFor("rules");
  const after = pathsOf(entries).at(-1);
  assertEquals((await peer.request("LIST", { path: "open", after })).entries, []);
});
