import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const windows = Deno.build.os === "windows";
const CONTENT = patternedBytes(100_000);
const MTIME = Date.UTC(2020, 1, 29, 12, 34, 56, 789);

Deno.test("STAT: returns path, type, size, time, version and SHA-256 of a file", async () => {
  await using server = await startServer({}, { "f/a.bin": CONTENT });
  Deno.utimeSync(server.root.join("f/a.bin"), new Date(), new Date(MTIME));
  using peer = await Protocol2Peer.connect(server.port);
  const { version, ...rest } = await peer.request("STAT", { path: "f/a.bin" });
  assertEquals(rest, {
    path: "f/a.bin",
    type: "file",
    size: CONTENT.length,
    mtime: MTIME,
    sha256: sha256Of(CONTENT),
  });
  assert(typeof version === "string" && version !== "");
  assertEquals((await peer.get("f/a.bin")).head.version, version);
});

Deno.test("STAT: returns neither version nor SHA-256 of a folder", async () => {
  await using server = await startServer({}, { "f/a.bin": CONTENT });
  Deno.utimeSync(server.root.join("f"), new Date(), new Date(MTIME));
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await peer.request("STAT", { path: "f" }), {
    path: "f",
    type: "folder",
    size: 0,
    mtime: MTIME,
    version: null,
    sha256: null,
  });
});

Deno.test("STAT: returns the SHA-256 of an empty file", async () => {
  await using server = await startServer({}, { "empty": "" });
  using peer = await Protocol2Peer.connect(server.port);
  const { size, sha256 } = await peer.request("STAT", { path: "empty" });
  assertEquals([size, sha256], [0, sha256Of("")]);
});

Deno.test("STAT: returns a new version and SHA-256 after each change of the content", async () => {
  await using server = await startServer({}, { "a.txt": "before" });
  using peer = await Protocol2Peer.connect(server.port);
  const seen = new Set<unknown>();
  for (const text of ["before", "after!", "longer than before", "", "before"]) {
    server.root.write("a.txt", text);
    const { version, sha256 } = await peer.request("STAT", { path: "a.txt" });
    assertEquals(sha256, sha256Of(text));
    seen.add(version);
  }
  assertEquals(seen.size, 5);
});

Deno.test("STAT: returns a new version when another file of the same size and time replaces the file", async () => {
  await using server = await startServer({}, { "a.txt": "one", "b.txt": "two" });
  for (const name of ["a.txt", "b.txt"]) {
    Deno.utimeSync(server.root.join(name), new Date(MTIME), new Date(MTIME));
  }
  using peer = await Protocol2Peer.connect(server.port);
  const before = await peer.request("STAT", { path: "a.txt" });
  Deno.renameSync(server.root.join("b.txt"), server.root.join("a.txt"));
  const after = await peer.request("STAT", { path: "a.txt" });
  assertNotEquals(after.version, before.version);
  assertEquals([before.sha256, after.sha256], [sha256Of("one"), sha256Of("two")]);
});

Deno.test("STAT: fails with not-found for missing paths, with bad-path for forbidden and empty paths", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  for (const path of ["missing", "missing/b", "a.txt/b", "x".repeat(255)]) {
    assertEquals(await peer.refusal("STAT", { path }), "not-found", path);
  }
  for (const path of ["", "/", ".", "..", "/etc/passwd", ".tcp-chat", "a\\b", "x".repeat(256)]) {
    assertEquals(await peer.refusal("STAT", { path }), "bad-path", path);
  }
});

Deno.test({
  name: "STAT: fails for a FIFO and a link to a device, without opening them",
  ignore: windows,
  async fn() {
    await using server = await startServer();
    new Deno.Command("mkfifo", { args: [server.root.join("fifo")] }).outputSync();
    Deno.symlinkSync("/dev/zero", server.root.join("zero"));
    using peer = await Protocol2Peer.connect(server.port);
    assertEquals(await peer.refusal("STAT", { path: "fifo" }), "not-a-file");
    assertEquals(await peer.refusal("STAT", { path: "zero" }), "bad-path");
  },
});

Deno.test("FCAN: cancels a STAT that waits for a hash", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("huge.bin"), 8 * 1024 ** 3); // Its hash takes seconds
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("STAT", { path: "huge.bin" });
  await peer.send("FCAN", { id });
  assertEquals(await peer.fail(id), "cancelled");
  Deno.truncateSync(server.root.join("huge.bin"), 0); // Ends the hashing
});

Deno.test("STAT: is unsupported without files", async () => {
  await using server = await startServer({ files: false }, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await peer.refusal("STAT", { path: "a.txt" }), "unsupported");
});
