import { assert, assertEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { FakeClock, flushTasks } from "../helpers/fake_clock.ts";
import { dataFrames, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { underWay } from "../helpers/under_way.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const MIB = 1024 * 1024;
const CONTENT = patternedBytes(2 * MIB);
const SIZE = CONTENT.length;

for (const replace of [false, true]) {
  Deno.test(`FPUT: fails with busy during another upload to its path, replace ${replace}`, async () => {
    await using server = await startServer({ uploads: true });
    using first = await Protocol2Peer.connect(server.port);
    using second = await Protocol2Peer.connect(server.port);
    const fields = { path: "a.bin", size: SIZE, replace };
    const id = await first.ask("FPUT", { ...fields, key: "first" });
    await first.expect("REDY");
    for (const key of [undefined, "second"]) {
      const other = await second.ask("FPUT", { ...fields, key });
      if (key === undefined) await second.sendContent(other, patternedBytes(SIZE, 2));
      assertEquals(await second.fail(other), "busy");
    }
    // Other paths are free, and this path is after the first upload
    await second.put("b.bin", "b");
    await first.sendContent(id, CONTENT);
    await first.done(id);
    assertEquals(sha256Of(Deno.readFileSync(server.root.join("a.bin"))), sha256Of(CONTENT));
    await second.put("a.bin", "new", { replace: true });
    assertEquals(Deno.readTextFileSync(server.root.join("a.bin")), "new");
  });
}

Deno.test("FPUT: preempts a stalled upload, and ignores its remaining data", async () => {
  await using server = await startServer({ uploads: true });
  using first = await Protocol2Peer.connect(server.port);
  using second = await Protocol2Peer.connect(server.port);
  using clock = new FakeClock();
  const half = dataFrames(CONTENT.subarray(0, SIZE / 2));
  const id = await first.ask("FPUT", { path: "a.bin", size: SIZE });
  await first.expect("REDY");
  await first.raw.send(...half);
  clock.advance(29_999);
  const rival = { path: "a.bin", size: 6, key: "key" };
  assertEquals(await second.refusal("FPUT", rival), "busy");
  // The time counts from the last write, which may only happen now
  let answer: string;
  do {
    await flushTasks();
    clock.advance(1_000);
    const id = await second.ask("FPUT", rival);
    const message = (await second.read())!;
    answer = message.type;
    if (answer === "REDY") {
      await second.sendContent(id, "second");
      await second.done(id);
    } else assertEquals(message.json.code, "busy");
  } while (answer !== "REDY");
  assertEquals(await first.fail(id), "busy");
  await first.raw.send(...half);
  await first.send("FEND", { id, sha256: sha256Of(CONTENT) });
  await first.assertLives();
  assertEquals(Deno.readTextFileSync(server.root.join("a.bin")), "second");
  await until(() => underWay(server).length === 0, "the part to be removed");
});

Deno.test("FPUT: an upload that waits for data holds no worker, and goes on later", async () => {
  await using server = await startServer({ uploads: true, maxWorkers: 1 }, { "b.bin": CONTENT });
  using first = await Protocol2Peer.connect(server.port);
  using second = await Protocol2Peer.connect(server.port);
  const id = await first.ask("FPUT", { path: "a.bin", size: SIZE, key: "key" });
  await first.expect("REDY"); // From now on, the server waits for data
  assertEquals((await second.get("b.bin")).bytes, CONTENT);
  await first.sendContent(id, CONTENT);
  assertEquals((await first.done(id)).path, "a.bin");
});

Deno.test("FPUT: fails with busy during an upload to the same file by way of a link", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using server = await startServer({ uploads: true }, { "f/a.bin": "a" });
  Deno.symlinkSync("f", server.root.join("g"));
  Deno.symlinkSync("f/a.bin", server.root.join("h"));
  using first = await Protocol2Peer.connect(server.port);
  using second = await Protocol2Peer.connect(server.port);
  await first.ask("FPUT", { path: "f/a.bin", size: SIZE, key: "first", replace: true });
  await first.expect("REDY");
  for (const path of ["g/a.bin", "h"]) {
    const fields = { path, size: SIZE, key: "second", replace: true };
    assertEquals(await second.refusal("FPUT", fields), "busy", path);
  }
});

Deno.test("FPUT: stores a single file of ten clients that upload to the same path at once", async () => {
  await using server = await startServer({ uploads: true });
  const outcomes = await Promise.all(Array.from({ length: 10 }, async (_, i) => {
    using peer = await Protocol2Peer.connect(server.port);
    const content = patternedBytes(MIB / 2, i);
    const id = await peer.ask("FPUT", { path: "a.bin", size: content.length });
    await peer.sendContent(id, content);
    for (;;) {
      const { type, json } = (await peer.read())!;
      if (type === "DONE") return sha256Of(content);
      if (type === "FAIL") return String(json.code);
    }
  }));
  const winners = outcomes.filter((outcome) => outcome.length === 64);
  assertEquals(winners.length, 1);
  assertEquals(sha256Of(Deno.readFileSync(server.root.join("a.bin"))), winners[0]);
  const losers = new Set(outcomes.filter((outcome) => outcome.length !== 64));
  assert(losers.isSubsetOf(new Set(["busy", "exists"])), [...losers].join());
  assertEquals(underWay(server), []);
});

Deno.test("FPUT: preempts the same upload on another connection, and resumes it", async () => {
  await using server = await startServer({ uploads: true });
  using first = await Protocol2Peer.connect(server.port);
  using second = await Protocol2Peer.connect(server.port);
  const fields = { path: "a.bin", size: SIZE, key: "key" };
  const lost = await first.ask("FPUT", fields);
  await first.expect("REDY");
  await first.raw.send(...dataFrames(CONTENT.subarray(0, MIB)));
  await until(
    () =>
      underWay(server).some((name) =>
        Deno.statSync(server.root.join(".tcp-chat", name)).size === MIB
      ),
    "the data to be written",
  );
  const id = await second.ask("FPUT", fields);
  assertEquals(await second.expect("REDY"), { id, offset: MIB });
  assertEquals(await first.fail(lost), "busy");
  // The remaining data of the first connection are dropped
  await first.raw.send(...dataFrames(patternedBytes(MIB, 5)));
  await first.send("FCAN", { id: lost });
  await second.sendContent(id, CONTENT, MIB);
  assertEquals((await second.done(id)).sha256, sha256Of(CONTENT));
  await first.assertLives();
  await first.put("b.txt", "b");
});

Deno.test("FPUT: runs the same upload twice on a connection one after the other", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  const fields = { path: "a.txt", size: 5, key: "key", replace: true };
  const first = await peer.ask("FPUT", fields);
  const second = await peer.ask("FPUT", fields);
  assertEquals(await peer.expect("REDY"), { id: first, offset: 0 });
  await peer.sendContent(first, "hello");
  await peer.done(first);
  assertEquals(await peer.expect("REDY"), { id: second, offset: 0 });
  await peer.sendContent(second, "hello");
  await peer.done(second);
});

Deno.test("FGET: fails with changed when the file is replaced, and never mixes both contents", async () => {
  await using server = await startServer({ uploads: true });
  const size = 64 * MIB;
  writeZeros(server.root.join("a.bin"), size);
  using reader = await Protocol2Peer.connect(server.port);
  using writer = await Protocol2Peer.connect(server.port);
  const id = await reader.ask("FGET", { path: "a.bin" });
  await reader.expect("FMET");
  await writer.put("a.bin", "new", { replace: true });
  let message = await reader.read();
  for (; message?.type === "FDAT"; message = await reader.read()) {
    assert(message.payload.every((byte) => byte === 0));
  }
  assertEquals([message?.type, message?.json.id, message?.json.code], ["FAIL", id, "changed"]);
  assertEquals(new TextDecoder().decode((await reader.get("a.bin")).bytes), "new");
});

Deno.test("FPUT: fails with exists if another program creates the file during the upload", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  for (const key of [undefined, "key"]) {
    const id = await peer.ask("FPUT", { path: "a.txt", size: SIZE, key });
    await peer.expect("REDY");
    server.root.write("a.txt", "mine");
    await peer.sendContent(id, CONTENT);
    assertEquals(await peer.fail(id), "exists");
    assertEquals(Deno.readTextFileSync(server.root.join("a.txt")), "mine");
    Deno.removeSync(server.root.join("a.txt"));
  }
  assertEquals(underWay(server), []);
});
