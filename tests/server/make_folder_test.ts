import { assert, assertEquals } from "@std/assert";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const isFolder = (path: string) => Deno.statSync(path).isDirectory;

Deno.test("MKDR: creates a folder and its parents, and succeeds if the folder exists", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  for (const path of ["a", "a/b/c"]) assertEquals(await peer.request("MKDR", { path }), { path });
  for (const path of ["a/b", "a", ""]) {
    assertEquals(await peer.request("MKDR", { path }), { path, exists: true });
  }
  assert(isFolder(server.root.join("a/b/c")));
});

Deno.test("MKDR: fails with not-a-file if the path, or a parent, is a file", async () => {
  await using server = await startServer({ uploads: true }, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  for (const path of ["a.txt", "a.txt/b", "a.txt/b/c"]) {
    assertEquals(await peer.refusal("MKDR", { path }), "not-a-file", path);
  }
  assertEquals(Deno.readTextFileSync(server.root.join("a.txt")), "a");
});

Deno.test("MKDR: fails with bad-path for forbidden paths", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  for (const path of ["..", "../x", "/x", "a/../b", "a//b", "a/", ".tcp-chat/x", "a\\b"]) {
    assertEquals(await peer.refusal("MKDR", { path }), "bad-path", path);
  }
  assertEquals(server.root.list(), []);
});

Deno.test({
  name: "MKDR: follows links inside the root, but not out of it",
  ignore: Deno.build.os === "windows",
  async fn() {
    using outside = new TempDir();
    await using server = await startServer({ uploads: true }, { "f/a.txt": "a" });
    Deno.symlinkSync("f", server.root.join("in"));
    Deno.symlinkSync(outside.path, server.root.join("out"));
    using peer = await Protocol2Peer.connect(server.port);
    assertEquals(await peer.request("MKDR", { path: "in/new" }), { path: "in/new" });
    assert(isFolder(server.root.join("f/new")));
    for (const path of ["out", "out/new", "out/new/deep"]) {
      assertEquals(await peer.refusal("MKDR", { path }), "bad-path", path);
    }
    assertEquals(outside.list(), []);
  },
});

Deno.test("MKDR: is denied without uploads, and unsupported without files", async () => {
  await using reading = await startServer();
  using reader = await Protocol2Peer.connect(reading.port);
  assertEquals(await reader.refusal("MKDR", { path: "a" }), "denied");
  assertEquals(reading.root.list(), []);
  await using chatting = await startServer({ files: false, uploads: true });
  using talker = await Protocol2Peer.connect(chatting.port);
  assertEquals(await talker.refusal("MKDR", { path: "a" }), "unsupported");
});

Deno.test("MKDR: creates a folder that LIST returns", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.request("MKDR", { path: "caf\u00e9" });
  const { entries } = await peer.request("LIST", { path: "" });
  assertEquals((entries as Array<{ path: string }>).map(({ path }) => path), ["caf\u00e9"]);
});
