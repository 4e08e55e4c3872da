/** MPUT: many small files in one request. */
import { assertEquals } from "@std/assert";
import { sha256Of } from "../helpers/bytes.ts";
import { type ManagedServer, startManaged } from "../helpers/managed_server.ts";
import { dataFrames, type Json, jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";

const ZEROS = "0".repeat(64);

function setUp(
  files: Record<string, string> = {},
  { rules, ...options }: { rules?: string; maxUploadBytes?: number } = {},
): Promise<ManagedServer> {
  return startManaged({ "in/.keep": "", ...files }, rules, { uploads: true, ...options });
}

/** The frames of a request for files of the folder `in`. */
function frames(id: number, files: Record<string, string>, changes: Json = {}): Uint8Array[] {
  const contents = Object.values(files);
  const request = {
    id,
    path: "in",
    names: Object.keys(files).join("\n"),
    sizes: contents.map(({ length }) => length),
    mtimes: contents.map(() => 1_000),
    sha256: contents.map(sha256Of).join(""),
    ...changes,
  };
  return [
    jsonFrame("MPUT", request),
    ...dataFrames(contents.join(""), 1_000),
    jsonFrame("FEND", { id }),
  ];
}

async function send(peer: Protocol2Peer, files: Record<string, string>, changes?: Json) {
  const id = peer.newId();
  await peer.raw.send(...frames(id, files, changes));
  return id;
}

async function put(peer: Protocol2Peer, files: Record<string, string>, changes?: Json) {
  return await peer.done(await send(peer, files, changes));
}

Deno.test("MPUT: stores all files of a batch, with their times, and logs each", async () => {
  await using fixture = await setUp({ "in/sub/x": "x" });
  const { peer, server } = fixture;
  const files = { a: "aa", b: "", c: "c".repeat(65_536), "sub/d": "dd" };
  assertEquals(await put(peer, files), {});
  for (const [name, content] of Object.entries(files)) {
    assertEquals(Deno.readTextFileSync(server.root.join("in", name)), content);
    assertEquals(Deno.statSync(server.root.join("in", name)).mtime, new Date(1_000));
  }
  assertEquals(server.root.list("in"), [".keep", "a", "b", "c", "sub"]);
  assertEquals(server.root.list("in/sub"), ["d", "x"]);
  assertEquals(
    server.eventsOf("upload").map(({ path, bytes, sha256 }) => [path, bytes, sha256]),
    Object.entries(files).map(([name, text]) => [`in/${name}`, text.length, sha256Of(text)]),
  );
  await peer.assertLives();
});

Deno.test("MPUT: tells of files that are the same, wrong, or to be sent alone", async () => {
  await using fixture = await setUp({ "in/same": "same", "in/other": "other", "in/folder/x": "" });
  const { peer, server } = fixture;
  const files = {
    new: "new",
    same: "same",
    other: "OTHER",
    wrong: "w",
    folder: "",
    "no/x": "x",
  } as const;
  const hashes = Object.values(files).map(sha256Of);
  const sha256 = hashes.with(3, ZEROS).join("");
  assertEquals(await put(peer, files, { sha256 }), { same: [1], wrong: [3], alone: [2, 4] });
  assertEquals(server.root.list("in"), [".keep", "folder", "new", "no", "other", "same"]);
  assertEquals(Deno.readTextFileSync(server.root.join("in/other")), "other");
  assertEquals(server.eventsOf("upload").map(({ path }) => path), ["in/new", "in/no/x"]);
});

Deno.test("MPUT: makes the folders on the way of its files, and none for wrong content", async () => {
  await using fixture = await setUp();
  const { peer, server } = fixture;
  const files = { "a/b/c/1": "1", "a/b/2": "2", "a/b/c/3": "3", "d/e/4": "4" };
  const sha256 = [...["1", "2", "3"].map(sha256Of), ZEROS].join("");
  assertEquals(await put(peer, files, { sha256 }), { wrong: [3] });
  assertEquals(server.root.list("in"), [".keep", "a"]);
  assertEquals([server.root.list("in/a/b"), server.root.list("in/a/b/c")], [["2", "c"], [
    "1",
    "3",
  ]]);
});

Deno.test("MPUT: replaces files if asked to", async () => {
  await using fixture = await setUp({ "in/a": "old", "in/b": "same", "in/folder/x": "" });
  const { peer, server } = fixture;
  const files = { a: "new", b: "same", folder: "", c: "c" };
  assertEquals(await put(peer, files, { replace: true }), { same: [1], alone: [2] });
  assertEquals(Deno.readTextFileSync(server.root.join("in/a")), "new");
});

Deno.test("MPUT: follows no link, in whose place FPUT decides", async () => {
  if (Deno.build.os === "windows") return;
  await using fixture = await setUp({ "in/a": "a", "closed/x": "x" }, {
    rules: "closed/** none *\n",
  });
  const { peer, server } = fixture;
  Deno.symlinkSync("../closed", server.root.join("in/link"));
  Deno.symlinkSync("../closed/x", server.root.join("in/file"));
  const files = { "link/new": "new", file: "f", "../closed/y": "y" };
  assertEquals(await put(peer, { "link/new": "new", file: "f" }, { replace: true }), {
    alone: [0, 1],
  });
  const id = await send(peer, files);
  assertEquals(await peer.fail(id), "bad-path");
  assertEquals(server.root.list("closed"), ["x"]);
  assertEquals(Deno.readTextFileSync(server.root.join("closed/x")), "x");
  await peer.assertLives();
});

Deno.test("MPUT: stores nothing that the client may not upload, and tells nothing of it", async () => {
  const rules = "in/drop/** write *\nin/closed/** none *\nin/read/** read *\n";
  const files = { "in/drop/a": "a", "in/closed/a": "a", "in/read/a": "a" };
  await using fixture = await setUp(files, { rules, maxUploadBytes: 10 });
  const { peer, server } = fixture;
  const sent = {
    "drop/a": "a", // There, but the client may not know
    "drop/b": "b",
    "closed/a": "a",
    "closed/b": "b",
    "read/b": "b",
    "drop/long": "x".repeat(11),
  };
  assertEquals(await put(peer, sent), { alone: [0, 2, 3, 4, 5] });
  assertEquals(server.root.list("in/drop"), ["a", "b"]);
  assertEquals([server.root.list("in/closed"), server.root.list("in/read")], [["a"], ["a"]]);
});

Deno.test("MPUT: takes its data byte by byte", async () => {
  await using fixture = await setUp();
  const { peer, server } = fixture;
  const id = peer.newId();
  const [request, ...rest] = frames(id, { a: "abc", b: "", c: "def" });
  await peer.raw.send(request!);
  for (const byte of "abcdef") await peer.raw.send(...dataFrames(byte), ...dataFrames(""));
  await peer.raw.send(rest.at(-1)!);
  assertEquals(await peer.done(id), {});
  assertEquals(Deno.readTextFileSync(server.root.join("in/c")), "def");
});

Deno.test("MPUT: is answered in its turn among uploads, and drops the data of one that is refused", async () => {
  await using fixture = await setUp();
  const { peer, server } = fixture;
  const single = peer.newId();
  const refused = peer.newId();
  const malformed = peer.newId();
  const last = peer.newId();
  await peer.raw.send(
    jsonFrame("FPUT", { id: single, path: "in/a", size: 1 }),
    ...dataFrames("a"),
    jsonFrame("FEND", { id: single, sha256: sha256Of("a") }),
    ...frames(refused, { b: "b" }, { room: "elsewhere" }),
    ...frames(malformed, { c: "c" }, { sizes: [1, 1] }),
    ...frames(last, { d: "d" }),
  );
  await peer.expect("REDY");
  await peer.done(single);
  assertEquals(await peer.fail(refused), "denied");
  assertEquals(await peer.fail(malformed), "bad-request");
  assertEquals(await peer.done(last), {});
  assertEquals(server.root.list("in"), [".keep", "a", "d"]);
});

Deno.test("MPUT: is cancelled by FCAN, and stores nothing then", async () => {
  await using fixture = await setUp();
  const { peer, server } = fixture;
  const id = peer.newId();
  const [request, data] = frames(id, { a: "a", b: "b" });
  await peer.raw.send(request!, data!, jsonFrame("FCAN", { id }));
  assertEquals(await peer.fail(id), "cancelled");
  assertEquals(await put(peer, { c: "c" }), {});
  assertEquals(server.root.list("in"), [".keep", "c"]);
});

Deno.test("MPUT: ends the connection for data that were not announced", async () => {
  for (const sizes of [[2, 1], [1, 0]]) {
    await using fixture = await setUp();
    const { peer, server } = fixture;
    await send(peer, { a: "a", b: "b" }, { sizes });
    assertEquals(await peer.fail(null), "bad-request");
    assertEquals(await peer.read(), null);
    assertEquals(server.root.list("in"), [".keep"]);
  }
});

Deno.test("MPUT: announces what is stored in a room", async () => {
  await using fixture = await setUp({ "in/same": "same" });
  const { peer, server } = fixture;
  using other = await Protocol2Peer.connect(server.port);
  await other.done(await other.ask("WHOS", { room: "lobby" }));
  assertEquals(await put(peer, { a: "a", same: "same", b: "b" }, { room: "lobby" }), { same: [1] });
  for (const path of ["in/a", "in/b"]) await other.event((event) => event.path === path);
});

Deno.test("MPUT: is refused on a server that takes no uploads", async () => {
  await using server = await startServer({}, { "in/x": "x" });
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await put(peer, { a: "a" }), { alone: [0] });
  assertEquals(server.root.list("in"), ["x"]);
});
