import { assert, assertEquals } from "@std/assert";
import { FileSink } from "../../lib/transfer/file_sink.ts";
import { ChunkCompressor } from "../../lib/worker/zstd.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { LARGE, receive, SinkScene, SMALL, writeAll } from "../helpers/sinks.ts";
import { detailsOf, placeOf, targetIn } from "../helpers/targets.ts";
import { WatchedWorker } from "../helpers/workers.ts";

Deno.test("a small file costs the worker one message, a larger one several", async () => {
  for (const size of [0, 1, 65_535, 65_536, 65_537, 300_000]) {
    using scene = new SinkScene();
    const content = patternedBytes(size);
    assertEquals(await receive(scene.sink(), content), scene.temp.join("a.bin"));
    assert(Deno.readFileSync(scene.temp.join("a.bin")).toHex() === content.toHex());
    const { errors, bytes, worker: { calls } } = scene;
    if (size <= 65_536) assertEquals(calls, ["store"]);
    else assertEquals([calls[0], calls.at(-1)], ["startReceive", "commit"]);
    assertEquals([errors.length, bytes], [0, size]);
    assertEquals(scene.written.reduce((sum, size) => sum + size, 0), size);
    assertEquals(await scene.list(), ["a.bin"]);
  }
});

Deno.test("a small file holds on to none of the buffers that it comes in", async () => {
  using scene = new SinkScene();
  const sink = scene.sink();
  const content = patternedBytes(100);
  sink.begin(detailsOf(content));
  for (let at = 0; at < 100; at++) {
    const buffer = new ArrayBuffer(1024 * 1024);
    const bytes = new Uint8Array(buffer, at, 1);
    bytes[0] = content[at]!;
    await sink.write(bytes);
    bytes[0] = 0; // It is somebody else's again
    assertEquals(scene.written.length, at + 1);
  }
  assertEquals(placeOf(await sink.finish(sha256Of(content))), scene.temp.join("a.bin"));
  assertEquals(scene.worker.calls, ["store"]);
});

Deno.test("what was kept is hashed, and gone on with or dropped", async () => {
  for (const offset of [100_000, 0]) {
    using scene = new SinkScene();
    const sink = scene.keptSink(100_000);
    assertEquals(await sink.openKept(), 100_000);
    sink.begin(detailsOf(LARGE, { offset, version: "v1" }));
    await writeAll(sink, LARGE.subarray(offset));
    assertEquals(placeOf(await sink.finish(sha256Of(LARGE))), scene.temp.join("a.bin"));
    assertEquals(scene.bytes, LARGE.length - offset);
    assertEquals(await scene.list(), ["a.bin"]);
  }
});

Deno.test("where nothing may be kept, nothing is opened; where nothing is, there is nothing", async () => {
  using scene = new SinkScene();
  const without = scene.sink();
  assertEquals(await without.openKept(), 0);
  assertEquals(scene.worker.calls, []);
  assertEquals(await receive(without, SMALL), scene.temp.join("a.bin"));
  const empty = scene.sink({ name: "b.bin", keepBytes: 10 });
  assertEquals(await empty.openKept(), 0);
  assertEquals(scene.worker.calls.slice(-1), ["openPart"]);
  assertEquals(await receive(empty, SMALL), scene.temp.join("b.bin")); // The part is open already
  assertEquals(scene.worker.calls.includes("beginReceive"), true);
});

Deno.test("much that was kept is hashed in slices", async () => {
  using scene = new SinkScene();
  const size = 70 * 1024 * 1024;
  scene.temp.write("a.bin.part", "");
  Deno.truncateSync(scene.temp.join("a.bin.part"), size);
  const sink = scene.sink({ keepBytes: size });
  assertEquals(await sink.openKept(), size);
  assertEquals(scene.worker.calls, ["openPart", "hashKept", "hashKept", "hashKept"]);
  sink.end(true);
});

Deno.test("a file that is there already is told, and what is written is dropped", async () => {
  using scene = new SinkScene();
  scene.temp.write("a.bin", LARGE);
  const wanted = {
    directory: scene.temp.path,
    name: "a.bin",
    sizeBytes: LARGE.length,
    sha256: sha256Of(LARGE),
    numbered: true,
  };
  const sink = scene.sink();
  const received = sink.beginMissing(wanted, detailsOf(LARGE));
  await writeAll(sink, LARGE);
  assertEquals(await received, scene.temp.join("a.bin"));
  sink.end(false);
  assertEquals(await scene.list(), ["a.bin"]);
  assertEquals(scene.written.length, 6);

  const other = scene.sink({ name: "b.bin" });
  const missing = other.beginMissing({ ...wanted, name: "b.bin" }, detailsOf(LARGE));
  await writeAll(other, LARGE);
  assertEquals(await missing, null);
  assertEquals(placeOf(await other.finish(wanted.sha256)), scene.temp.join("b.bin"));
});

Deno.test("compressed data is written, be the file small or large, with other data between", async () => {
  const compressor = new ChunkCompressor();
  for (const size of [20_000, 200_000]) {
    using scene = new SinkScene();
    const content = new Uint8Array(size).fill(65);
    const sink = scene.sink();
    sink.begin(detailsOf(content));
    await sink.write(content.slice(0, 5_000));
    const half = size / 2 - 5_000;
    await sink.writeZstd(new Uint8Array(compressor.compress(content.subarray(0, half))!));
    await sink.write(content.slice(size / 2, size - 1_000));
    await sink.writeZstd(new Uint8Array(compressor.compress(content.subarray(0, 1_000))!));
    assertEquals(placeOf(await sink.finish(sha256Of(content))), scene.temp.join("a.bin"));
    assertEquals([scene.bytes, scene.errors], [size, []]);
  }
});

Deno.test("compressed data is written where nobody asks how much it was", async () => {
  using scene = new SinkScene();
  const content = new Uint8Array(200_000).fill(65);
  const sink = new FileSink(scene.worker, targetIn(scene.temp.path), {
    onWritten: () => {},
    onError: (error) => scene.errors.push(error),
  });
  sink.begin(detailsOf(content));
  await sink.writeZstd(new Uint8Array(new ChunkCompressor().compress(content)!));
  assertEquals(placeOf(await sink.finish(sha256Of(content))), scene.temp.join("a.bin"));
  assertEquals(scene.errors, []);
});

Deno.test("content that is not what it must be is wrong, and nothing is left of it", async () => {
  using worker = new WatchedWorker();
  for (const content of [SMALL, LARGE]) {
    for (const sent of [content.subarray(1), patternedBytes(content.length, 2)]) {
      using scene = new SinkScene(worker);
      const sink = scene.sink();
      sink.begin(detailsOf(content));
      await writeAll(sink, sent);
      assertEquals(await sink.finish(sha256Of(content)), "wrong");
      assertEquals([await scene.list(), scene.errors], [[], []]);
    }
  }
});

Deno.test("a name that is taken is told", async () => {
  for (const content of [SMALL, LARGE]) {
    using scene = new SinkScene();
    scene.temp.write("a.bin", "mine");
    const sink = scene.sink({ ifTaken: "refuse", staysOnError: false });
    assertEquals(await receive(sink, content), "taken");
    assertEquals([await scene.list(), scene.errors], [["a.bin"], []]);
  }
});

Deno.test("no more than three writes are under way", async () => {
  using scene = new SinkScene();
  const content = patternedBytes(2_000_000);
  const sink = scene.sink();
  sink.begin(detailsOf(content));
  let most = 0;
  scene.worker.onCall = () => most = Math.max(most, scene.worker.underWay.get("write") ?? 0);
  for (let at = 0; at < content.length; at += 10_000) {
    await sink.write(content.slice(at, at + 10_000));
  }
  assertEquals(most, 2); // Beside the one that is just begun
  assertEquals(placeOf(await sink.finish(sha256Of(content))), scene.temp.join("a.bin"));
});

Deno.test("two files come in beside each other through one worker", async () => {
  using scene = new SinkScene();
  const contents = [LARGE, patternedBytes(200_000, 2), SMALL];
  const sinks = contents.map((_, i) => scene.sink({ name: `${i}.bin` }));
  contents.forEach((content, i) => sinks[i]!.begin(detailsOf(content)));
  await Promise.all(contents.map((content, i) => writeAll(sinks[i]!, content, 7_000)));
  const results = await Promise.all(
    contents.map((content, i) => sinks[i]!.finish(sha256Of(content))),
  );
  assertEquals(results.map(placeOf), contents.map((_, i) => scene.temp.join(`${i}.bin`)));
});
