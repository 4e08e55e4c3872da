import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { dataFrames, type Json, jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import { underWay } from "../helpers/under_way.ts";

const MIB = 1024 * 1024;
const MTIME = Date.UTC(2020, 1, 29, 12, 34, 56, 789);
const SIZES = [0, 1, 65_535, 65_536, 65_537, 3 * MIB + 5];

for (const size of SIZES) {
  Deno.test(`FPUT: stores a file of ${size} bytes`, async () => {
    await using server = await startServer({ uploads: true });
    using peer = await Protocol2Peer.connect(server.port);
    const content = patternedBytes(size);
    const id = await peer.ask("FPUT", { path: "a.bin", size });
    assertEquals(await peer.expect("REDY"), { id, offset: 0 });
    await peer.sendContent(id, content);
    const { version, ...done } = await peer.done(id);
    assertEquals(done, { path: "a.bin", size, sha256: sha256Of(content) });
    assertEquals(Deno.readFileSync(server.root.join("a.bin")), content);
    assertEquals(underWay(server), []);
    assertEquals((await peer.request("STAT", { path: "a.bin" })).version, version);
    assertEquals(sha256Of((await peer.get("a.bin")).bytes), sha256Of(content));
  });
}

Deno.test("FPUT: accepts data before REDY, in the same write", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  for (const size of SIZES) {
    const content = patternedBytes(size, 2);
    const id = peer.newId();
    const frames = [
      jsonFrame("FPUT", { id, path: `${size}.bin`, size }),
      ...dataFrames(content),
      jsonFrame("FEND", { id, sha256: sha256Of(content) }),
    ];
    const whole = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const frame of frames) {
      whole.set(frame, offset);
      offset += frame.length;
    }
    await peer.raw.send(whole);
    assertEquals(await peer.expect("REDY"), { id, offset: 0 });
    assertEquals((await peer.done(id)).sha256, sha256Of(content));
    assertEquals(Deno.readFileSync(server.root.join(`${size}.bin`)), content);
  }
});

Deno.test("FPUT: answers pipelined uploads in order, and never mixes them", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  const sizes = [3 * MIB, 10, 0, MIB, 65_537, 10];
  const ids: number[] = [];
  for (const [i, size] of sizes.entries()) {
    ids.push(await peer.ask("FPUT", { path: `${i}.bin`, size }));
    await peer.sendContent(ids.at(-1)!, patternedBytes(size, i));
  }
  for (const [i, id] of ids.entries()) {
    assertEquals(await peer.expect("REDY"), { id, offset: 0 });
    const content = patternedBytes(sizes[i]!, i);
    assertEquals((await peer.done(id)).sha256, sha256Of(content));
    assertEquals(Deno.readFileSync(server.root.join(`${i}.bin`)), content);
  }
});

Deno.test("FPUT: accepts the data of pipelined requests in the order of the requests", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  const ids: number[] = [];
  for (let i = 0; i < 10; i++) ids.push(await peer.ask("FPUT", { path: `${i}.txt`, size: 1 }));
  for (const [i, id] of ids.entries()) await peer.sendContent(id, String(i));
  for (const [i, id] of ids.entries()) {
    await peer.expect("REDY");
    await peer.done(id);
    assertEquals(Deno.readTextFileSync(server.root.join(`${i}.txt`)), String(i));
  }
});

Deno.test("FPUT: accepts data frames of any size, empty frames included", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  const content = patternedBytes(200_000);
  const id = await peer.ask("FPUT", { path: "a.bin", size: content.length });
  for (let offset = 0, step = 0; offset < content.length; offset += step, step = step * 2 + 1) {
    await peer.raw.sendFrame("FDAT", content.subarray(offset, offset + step));
  }
  await peer.send("FEND", { id, sha256: sha256Of(content).toUpperCase() });
  await peer.expect("REDY");
  assertEquals((await peer.done(id)).sha256, sha256Of(content));
});

Deno.test("FPUT: hides the file, and its new folder, until it is whole", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  using other = await Protocol2Peer.connect(server.port);
  const content = patternedBytes(200_000);
  const id = await peer.ask("FPUT", { path: "new/a.bin", size: content.length });
  await peer.raw.send(...dataFrames(content));
  await peer.expect("REDY");
  await until(() => underWay(server).length === 1, "the part");
  const listPaths = async () => {
    const { entries } = await other.request("LIST", { path: "", recursive: true });
    return (entries as Json[]).map(({ path }) => path);
  };
  assertEquals(await listPaths(), []);
  assertEquals(await other.refusal("STAT", { path: "new/a.bin" }), "not-found");
  assertEquals(server.root.list().map((name) => name.split("/")[0]), [".tcp-chat"]);
  await peer.send("FEND", { id, sha256: sha256Of(content) });
  await peer.done(id);
  assertEquals(await listPaths(), ["new", "new/a.bin"]);
});

Deno.test("FPUT: creates parent folders, and keeps the given time", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  for (const mtime of [MTIME, 0, -1_000, Date.UTC(2100, 0)]) {
    const path = `f/${mtime}/a.txt`;
    await peer.put(path, "hello", { mtime });
    assertEquals(Deno.statSync(server.root.join(path)).mtime?.getTime(), mtime);
    assertEquals((await peer.request("STAT", { path })).mtime, mtime);
  }
});

Deno.test("FPUT: uses the current time without a given time", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  const beforeMs = Date.now();
  await peer.put("a.txt", "hello");
  const ms = Deno.statSync(server.root.join("a.txt")).mtime!.getTime();
  assert(ms >= beforeMs - 1_000 && ms <= Date.now() + 1_000);
});

Deno.test("FPUT: fails with exists for an existing file without replace", async () => {
  await using server = await startServer({ uploads: true }, { "a.txt": "mine" });
  using peer = await Protocol2Peer.connect(server.port);
  const before = await peer.request("STAT", { path: "a.txt" });
  for (const fields of [{}, { replace: false }, { replace: null }]) {
    const id = await peer.ask("FPUT", { path: "a.txt", size: 5, ...fields });
    await peer.sendContent(id, "yours");
    assertEquals(await peer.fail(id), "exists");
  }
  assertEquals(Deno.readTextFileSync(server.root.join("a.txt")), "mine");
  const { version } = await peer.put("a.txt", "yours", { replace: true });
  assertEquals(Deno.readTextFileSync(server.root.join("a.txt")), "yours");
  assertNotEquals(version, before.version);
  assertEquals(new TextDecoder().decode((await peer.get("a.txt")).bytes), "yours");
});

Deno.test("FPUT: with replace, keeps the old file until the new file is whole", async () => {
  await using server = await startServer({ uploads: true }, { "a.txt": "mine" });
  using peer = await Protocol2Peer.connect(server.port);
  using other = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FPUT", { path: "a.txt", size: 5, replace: true });
  await peer.raw.send(...dataFrames("yours"));
  await peer.expect("REDY");
  await peer.assertLives();
  assertEquals(new TextDecoder().decode((await other.get("a.txt")).bytes), "mine");
  await peer.send("FEND", { id, sha256: sha256Of("wrong") });
  assertEquals(await peer.fail(id), "integrity");
  assertEquals(new TextDecoder().decode((await other.get("a.txt")).bytes), "mine");
});

Deno.test("FPUT: with replace, stores a new file", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.put("f/a.txt", "hello", { replace: true });
  assertEquals(Deno.readTextFileSync(server.root.join("f/a.txt")), "hello");
});

Deno.test("FPUT: remembers the SHA-256 of the file, once the file is old enough", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.put("a.txt", "hello");
  using _later = new ShiftedClock();
  assertEquals((await peer.get("a.txt")).head.sha256, sha256Of("hello"));
});

Deno.test("FPUT: is logged with client, path, bytes, SHA-256 and seconds, and counted", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.put("f/a.txt", "hello");
  const { seconds, ...logged } = await server.waitFor("upload");
  const sha256 = sha256Of("hello");
  assertEquals(logged, { event: "upload", client: 1, path: "f/a.txt", bytes: 5, sha256 });
  assert(seconds >= 0 && seconds < 10);
  const { uploads, uploadBytes, refusals } = server.server.stats;
  assertEquals([uploads, uploadBytes, refusals], [1, 5, 0]);
});

Deno.test("server: runs a download and an upload on a connection at once", async () => {
  await using server = await startServer({ uploads: true });
  const content = patternedBytes(8 * MIB);
  server.root.write("down.bin", content);
  using peer = await Protocol2Peer.connect(server.port);
  const download = await peer.ask("FGET", { path: "down.bin" });
  const upload = await peer.ask("FPUT", { path: "up.bin", size: content.length });
  const sending = peer.sendContent(upload, content);
  const types = new Set<string>();
  let bytes = 0;
  while (!types.has("FEND") || !types.has("DONE")) {
    const { type, json, payload } = (await peer.read())!;
    if (type === "FDAT") bytes += payload.length;
    if (type === "FEND") assertEquals(json, { id: download, sha256: sha256Of(content) });
    if (type === "DONE") assertEquals([json.id, json.sha256], [upload, sha256Of(content)]);
    types.add(type);
  }
  await sending;
  assertEquals(bytes, content.length);
});
