import { assertEquals, assertStringIncludes } from "@std/assert";
import { SMALL_FILE_BYTES } from "../../lib/files/small_bytes.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { dataFrames, type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { mountSmall } from "../helpers/small_disk.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };
const REQUESTS: readonly [string, Json][] = [
  ["LIST", { path: "" }],
  ["LIST", { path: "f", recursive: true }],
  ["STAT", { path: "f/small" }],
  ["FGET", { path: "f/small" }],
  ["FGET", { path: "f/large" }],
  ["FGET", { path: "f/missing" }],
  ["MKDR", { path: "new" }],
  ["FPUT", { path: "new", size: 5, key: "k" }],
  ["FPUT", { path: "new/deep", size: 5, key: "k" }],
  ["FPUT", { path: "f/small", size: 5, key: "k", replace: true }],
];

/** A server whose files are old enough to be sent in one piece. */
async function startOld(root = new TempDir()): Promise<TestServer> {
  root.write("f/large", patternedBytes(SMALL_FILE_BYTES + 1));
  for (const path of ["f/small", "f/other"]) {
    Deno.utimeSync(root.write(path, "hello"), 0, 0);
  }
  return await startServer({ uploads: true }, {}, root);
}

/** Checks that requests for files fail with `root-gone`. */
async function assertGone(server: TestServer): Promise<void> {
  using peer = await Protocol2Peer.connect(server.port);
  for (const [type, fields] of REQUESTS) {
    const id = await peer.ask(type, fields);
    const { id: failed, code, reason } = await peer.expect("FAIL");
    assertEquals([failed, code, reason], [id, "busy", "root-gone"], JSON.stringify(fields));
  }
  const id = await peer.ask("FPUT", { path: "new", size: 5 });
  await peer.raw.send(...dataFrames("hello"));
  await peer.send("FEND", { id, sha256: sha256Of("hello") });
  assertEquals((await peer.expect("FAIL")).reason, "root-gone");
  await peer.assertLives();
  using old = await RawPeer.connect(server.port);
  await old.sendFrame("FILE", "f/small");
  const { type, payload } = (await old.readFrame())!;
  assertEquals([type, textOf({ payload })], [
    "FERR",
    "The served folder is not there at the moment",
  ]);
}

async function assertServes(server: TestServer): Promise<void> {
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(new TextDecoder().decode((await peer.get("f/small")).bytes), "hello");
  await peer.put("f/other", "again", { replace: true });
}

Deno.test("server: fails requests for files while the served folder is gone, and never makes it again", async () => {
  await using server = await startOld();
  using away = new TempDir();
  const { path } = server.root;
  await assertServes(server);
  Deno.renameSync(path, away.join("root"));
  {
    using peer = await Protocol2Peer.connect(server.port);
    await peer.ask("STAT", { path: "f/small" });
    await peer.expect("FAIL");
    assertEquals(server.eventsOf("error").length, 1); // The first request tells, not the next check
    const refused = server.eventsOf("refused").map(({ code, reason }) => [code, reason]);
    assertEquals(refused, [["busy", "root-gone"]]);
  }
  await assertGone(server);
  assertEquals(Deno.lstatSync(away.path).isDirectory, true);
  assertEquals([...Deno.readDirSync(away.join("root"))].map(({ name }) => name), ["f"]);
  const gone = await server.waitFor("error");
  assertStringIncludes(gone.message, path);
  Deno.mkdirSync(path); // Another folder, such as the one below an unmounted disk
  await assertGone(server);
  assertEquals(server.root.list(), []);
  Deno.removeSync(path);
  Deno.renameSync(away.join("root"), path);
  await assertServes(server);
  assertStringIncludes((await server.waitFor("warning")).message, path);
  assertEquals(server.eventsOf("error").length, 1);
});

Deno.test("FPUT: fails when the served folder goes while the data come, and makes nothing", async () => {
  for (const path of ["a", "new/deep/a"]) {
    await using server = await startOld();
    using away = new TempDir();
    using peer = await Protocol2Peer.connect(server.port);
    const id = await peer.ask("FPUT", { path, size: 5, key: "k" });
    await peer.expect("REDY");
    Deno.renameSync(server.root.path, away.join("root"));
    await peer.sendContent(id, "hello");
    assertEquals((await peer.expect("FAIL")).reason, "root-gone", path);
    Deno.renameSync(away.join("root"), server.root.path);
    assertEquals(server.root.list().filter((name) => !name.startsWith(".tcp-chat")), ["f"]);
  }
});

Deno.test({
  name: "server: fails requests for files while the served file system is not mounted",
  ...onUnix,
  async fn() {
    const root = new TempDir();
    root.write("f/small", "the file below the mount");
    Deno.utimeSync(root.join("f/small"), 0, 0);
    const mounted = mountSmall(root.path);
    if (mounted === null) return root[Symbol.dispose](); // Only root may mount
    await using server = await startOld(root);
    await assertServes(server);
    mounted[Symbol.dispose]();
    await assertGone(server);
    assertEquals(root.list(), ["f"]);
    assertEquals(root.list("f"), ["small"]);
  },
});
