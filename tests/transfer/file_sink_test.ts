import { assert, assertEquals } from "@std/assert";
import { HASH_SLICE_BYTES } from "../../lib/worker/hash_slice.ts";
import { FileSink } from "../../lib/transfer/file_sink.ts";
import { ChunkCompressor } from "../../lib/worker/zstd.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { LARGE, receive, SinkFixture, SMALL, writeAll } from "../helpers/sinks.ts";
import { detailsOf, pathOf, targetIn } from "../helpers/targets.ts";
import { WatchedWorker } from "../helpers/workers.ts";

Deno.test("FileSink: sends a small file in one call of the worker, a larger one in several", async () => {
  for (const size of [0, 1, 65_535, 65_536, 65_537, 300_000]) {
    using fixture = new SinkFixture();
    const content = patternedBytes(size);
    assertEquals(await receive(fixture.sink(), content), fixture.temp.join("a.bin"));
    assert(Deno.readFileSync(fixture.temp.join("a.bin")).toHex() === content.toHex());
    const { errors, worker: { calls } } = fixture;
    if (size <= 65_536) assertEquals(calls, ["store"]);
    else assertEquals([calls[0], calls.at(-1)], ["startReceive", "commit"]);
    assertEquals(errors.length, 0);
    assertEquals(fixture.written.reduce((sum, size) => sum + size, 0), size);
    assertEquals(await fixture.list(), ["a.bin"]);
  }
});

Deno.test("FileSink: keeps none of the buffers of a small file", async () => {
  using fixture = new SinkFixture();
  const sink = fixture.sink();
  const content = patternedBytes(100);
  sink.begin(detailsOf(content));
  for (let at = 0; at < 100; at++) {
    const buffer = new ArrayBuffer(1024 * 1024);
    const bytes = new Uint8Array(buffer, at, 1);
    bytes[0] = content[at]!;
    await sink.write(bytes);
    bytes[0] = 0; // The buffer belongs to the caller again
    assertEquals(fixture.written.length, at + 1);
  }
  assertEquals(pathOf(await sink.finish(sha256Of(content))), fixture.temp.join("a.bin"));
  assertEquals(fixture.worker.calls, ["store"]);
});

Deno.test("FileSink: hashes a kept part, and continues or drops it", async () => {
  for (const offset of [100_000, 0]) {
    using fixture = new SinkFixture();
    const sink = fixture.keptSink(100_000);
    assertEquals(await sink.openPart(), 100_000);
    sink.begin(detailsOf(LARGE, { offset, version: "v1" }));
    await writeAll(sink, LARGE.subarray(offset));
    assertEquals(pathOf(await sink.finish(sha256Of(LARGE))), fixture.temp.join("a.bin"));
    assertEquals(await fixture.list(), ["a.bin"]);
  }
});

Deno.test("FileSink.openPart: opens no part if keepBytes is 0, and returns 0 without a part", async () => {
  using fixture = new SinkFixture();
  const fresh = fixture.sink();
  assertEquals(await fresh.openPart(), 0);
  assertEquals(fixture.worker.calls, []);
  assertEquals(await receive(fresh, SMALL), fixture.temp.join("a.bin"));
  const empty = fixture.sink({ name: "b.bin", keepBytes: 10 });
  assertEquals(await empty.openPart(), 0);
  assertEquals(fixture.worker.calls.slice(-1), ["openPart"]);
  assertEquals(await receive(empty, SMALL), fixture.temp.join("b.bin")); // Through the open part
  assertEquals(fixture.worker.calls.includes("beginReceive"), true);
});

Deno.test("FileSink.openPart: hashes a large part in slices", async () => {
  using fixture = new SinkFixture();
  const size = 70 * 1024 * 1024;
  fixture.temp.write(".tcp-chat/a.bin.part", "");
  Deno.truncateSync(fixture.temp.join(".tcp-chat/a.bin.part"), size);
  const sink = fixture.sink({ keepBytes: size });
  assertEquals(await sink.openPart(), size);
  const slices = Math.ceil(size / HASH_SLICE_BYTES);
  assertEquals(fixture.worker.calls, ["openPart", ...Array<string>(slices).fill("hashKept")]);
  sink.end(true);
});

Deno.test("FileSink: beginMissing returns the path of an existing file, and drops writes", async () => {
  using fixture = new SinkFixture();
  fixture.temp.write("a.bin", LARGE);
  const wanted = {
    directory: fixture.temp.path,
    name: "a.bin",
    sizeBytes: LARGE.length,
    sha256: sha256Of(LARGE),
    numbered: true,
  };
  const sink = fixture.sink();
  const received = sink.beginMissing(wanted, detailsOf(LARGE));
  await writeAll(sink, LARGE);
  assertEquals(await received, fixture.temp.join("a.bin"));
  sink.end(false);
  assertEquals(await fixture.list(), ["a.bin"]);
  assertEquals(fixture.written.length, 6);

  const other = fixture.sink({ name: "b.bin" });
  const missing = other.beginMissing({ ...wanted, name: "b.bin" }, detailsOf(LARGE));
  await writeAll(other, LARGE);
  assertEquals(await missing, null);
  assertEquals(pathOf(await other.finish(wanted.sha256)), fixture.temp.join("b.bin"));
});

Deno.test("FileSink: mixes write and writeZstd in small and large files", async () => {
  const compressor = new ChunkCompressor();
  for (const size of [20_000, 200_000]) {
    using fixture = new SinkFixture();
    const content = new Uint8Array(size).fill(65);
    const sink = fixture.sink();
    sink.begin(detailsOf(content));
    await sink.write(content.slice(0, 5_000));
    const half = size / 2 - 5_000;
    await sink.writeZstd(new Uint8Array(compressor.compress(content.subarray(0, half))!));
    await sink.write(content.slice(size / 2, size - 1_000));
    await sink.writeZstd(new Uint8Array(compressor.compress(content.subarray(0, 1_000))!));
    assertEquals(pathOf(await sink.finish(sha256Of(content))), fixture.temp.join("a.bin"));
    // onInflated counts the inflated bytes only
    assertEquals([fixture.inflatedBytes, fixture.errors], [half + 1_000, []]);
  }
});

Deno.test("FileSink: writeZstd works without onInflated", async () => {
  using fixture = new SinkFixture();
  const content = new Uint8Array(200_000).fill(65);
  const sink = new FileSink(fixture.worker, targetIn(fixture.temp.path), {
    onWritten: () => {},
    onError: (error) => fixture.errors.push(error),
  });
  sink.begin(detailsOf(content));
  await sink.writeZstd(new Uint8Array(new ChunkCompressor().compress(content)!));
  assertEquals(pathOf(await sink.finish(sha256Of(content))), fixture.temp.join("a.bin"));
  assertEquals(fixture.errors, []);
});

Deno.test("FileSink: finish removes content that is wrong", async () => {
  using worker = new WatchedWorker();
  for (const content of [SMALL, LARGE]) {
    for (const sent of [content.subarray(1), patternedBytes(content.length, 2)]) {
      using fixture = new SinkFixture(worker);
      const sink = fixture.sink();
      sink.begin(detailsOf(content));
      await writeAll(sink, sent);
      assertEquals(await sink.finish(sha256Of(content)), "wrong");
      assertEquals([await fixture.list(), fixture.errors], [[], []]);
    }
  }
});

Deno.test("FileSink: finish reports a taken name", async () => {
  for (const content of [SMALL, LARGE]) {
    using fixture = new SinkFixture();
    fixture.temp.write("a.bin", "mine");
    const sink = fixture.sink({ ifTaken: "refuse", staysOnError: false });
    assertEquals(await receive(sink, content), "taken");
    assertEquals([await fixture.list(), fixture.errors], [["a.bin"], []]);
  }
});

Deno.test("FileSink: bounds the pending writes at three", async () => {
  using fixture = new SinkFixture();
  const content = patternedBytes(2_000_000);
  const sink = fixture.sink();
  sink.begin(detailsOf(content));
  let maxPending = 0;
  fixture.worker.onCall = () =>
    maxPending = Math.max(maxPending, fixture.worker.underWay.get("write") ?? 0);
  for (let at = 0; at < content.length; at += 10_000) {
    await sink.write(content.slice(at, at + 10_000));
  }
  assertEquals(maxPending, 2); // Beside the one that is starting
  assertEquals(pathOf(await sink.finish(sha256Of(content))), fixture.temp.join("a.bin"));
});

Deno.test("FileSink: several sinks share one worker", async () => {
  using fixture = new SinkFixture();
  const contents = [LARGE, patternedBytes(200_000, 2), SMALL];
  const sinks = contents.map((_, i) => fixture.sink({ name: `${i}.bin` }));
  contents.forEach((content, i) => sinks[i]!.begin(detailsOf(content)));
  await Promise.all(contents.map((content, i) => writeAll(sinks[i]!, content, 7_000)));
  const results = await Promise.all(
    contents.map((content, i) => sinks[i]!.finish(sha256Of(content))),
  );
  assertEquals(results.map(pathOf), contents.map((_, i) => fixture.temp.join(`${i}.bin`)));
});
