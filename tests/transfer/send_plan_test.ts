import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { protocol2Layout } from "../../lib/protocol/data_frames.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { encodeFrame, encodeJsonFrame } from "../../lib/protocol/frames.ts";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { sendData } from "../../lib/transfer/send_data.ts";
import { inflateChunk } from "../../lib/worker/zstd.ts";
import { ByteSource } from "../helpers/byte_source.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { readAll } from "../helpers/frames.ts";
import { NEVER, planOf, setUpSending } from "../helpers/sending.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("sendData: sends the head in one write with a small file, and before a large one", async () => {
  // With the head, 65,428 bytes of data make 64 KiB
  for (const [size, writes] of [[1, 1], [65_427, 1], [65_428, 1], [65_429, 2]] as const) {
    using temp = new TempDir();
    const content = patternedBytes(size);
    const { file, sink, writer, worker } = await setUpSending(temp, content);
    using _worker = worker;
    const head = encodeFrame("FROK");
    await sendData(worker, file, planOf(file), { writer, signal: NEVER, head });
    assertEquals(sink.writes.length, writes, `${size} bytes`);
    const [first] = sink.writes;
    assertEquals(first?.subarray(0, head.length), head);
  }
});

Deno.test("sendData: sends no head when the file cannot be opened", async () => {
  using temp = new TempDir();
  const { file, sink, writer, worker } = await setUpSending(temp, patternedBytes(10));
  using _worker = worker;
  Deno.removeSync(file.realPath);
  const head = encodeFrame("FROK");
  await assertRejects(
    () => sendData(worker, file, planOf(file), { writer, signal: NEVER, head }),
    RequestError,
  );
  assertEquals(sink.writes.length, 0);
});

Deno.test("sendData: sends the tail in one write with a small file, and after a large one", async () => {
  for (const [size, writes] of [[1, 1], [60_000, 1], [65_536, 3], [3_000_000, 5]] as const) {
    using temp = new TempDir();
    const content = patternedBytes(size);
    const { file, sink, writer, worker } = await setUpSending(temp, content);
    using _worker = worker;
    const layout = protocol2Layout(size, 1_048_576);
    const head = encodeFrame("FROK");
    const tail = () => encodeFrame("QUIT");
    await sendData(worker, file, planOf(file, { layout }), { writer, signal: NEVER, head, tail });
    assertEquals(sink.writes.length, writes, `${size} bytes`);
    const frames = await readAll(new FrameReader(ByteSource.of(sink.writes).stream));
    assertEquals([frames[0]?.type, frames.at(-1)?.type], ["FROK", "QUIT"]);
    assert(frames.slice(1, -1).map(({ hex }) => hex).join("") === content.toHex());
  }
});

Deno.test("sendData: sends head and tail in one write when the offset is the end of the file", async () => {
  for (const [size, hashed] of [[0, true], [0, false], [1_000, true], [1_000, false]] as const) {
    using temp = new TempDir();
    const content = patternedBytes(size);
    const { file, sink, writer, worker } = await setUpSending(temp, content);
    using _worker = worker;
    const tailArgs: unknown[] = [];
    const sha256 = await sendData(worker, file, planOf(file, { offset: size, hashed }), {
      writer,
      signal: NEVER,
      head: encodeFrame("FROK"),
      tail: (sha256) => {
        tailArgs.push(sha256);
        return encodeFrame("QUIT");
      },
    });
    const expected = hashed ? sha256Of(content) : null;
    assertEquals([sha256, tailArgs], [expected, [expected]]);
    assertEquals(sink.writes.length, 1);
    const frames = await readAll(new FrameReader(ByteSource.of(sink.writes).stream));
    assertEquals(frames.map(({ type }) => type), ["FROK", "QUIT"]);
  }
});

Deno.test("sendData: passes the hash of the whole file to the tail, with the bytes before the offset", async () => {
  const content = patternedBytes(2_000_000);
  for (const offset of [0, 1, 1_999_999]) {
    using temp = new TempDir();
    const { file, sink, writer, worker } = await setUpSending(temp, content);
    using _worker = worker;
    const tail = (sha256: string | null) => encodeJsonFrame("FEND", { id: 1, sha256 });
    const plan = planOf(file, { offset, hashed: true });
    const sha256 = await sendData(worker, file, plan, { writer, signal: NEVER, tail });
    assertEquals(sha256, sha256Of(content));
    const frames = await readAll(new FrameReader(ByteSource.of(sink.writes).stream));
    const last = new TextDecoder().decode(Uint8Array.fromHex(frames.pop()!.hex));
    assertEquals(JSON.parse(last).sha256, sha256);
    const data = frames.map(({ hex }) => hex).join("");
    assert(data === content.subarray(offset).toHex());
  }
});

Deno.test("sendData: onProgress reports the position that is sent, up to the end", async () => {
  const size = 1_500_000;
  for (const offset of [0, 700_000]) {
    using temp = new TempDir();
    const { file, sink, writer, worker } = await setUpSending(temp, patternedBytes(size));
    using _worker = worker;
    const progress: number[] = [];
    const sent: number[] = [];
    let sentBytes = offset;
    sink.onWrite = () => void sent.push(sentBytes += 100_000);
    const layout = { payloadBytes: 100_000, frames: 1 };
    await sendData(worker, file, planOf(file, { offset, layout }), {
      writer,
      signal: NEVER,
      onProgress: (bytes) => progress.push(bytes),
    });
    assertEquals(progress, sent);
    assertEquals(progress.at(-1), size);
  }
});

Deno.test("sendData: compresses if the plan says so, without loss", async () => {
  using temp = new TempDir();
  const content = new TextEncoder().encode("again and again. ".repeat(100_000));
  const { file, sink, writer, worker } = await setUpSending(temp, content);
  using _worker = worker;
  const layout = protocol2Layout(content.length, 1_048_576);
  const plan = planOf(file, { layout, zstd: true, hashed: true });
  assertEquals(
    await sendData(worker, file, plan, { writer, signal: NEVER }),
    sha256Of(content),
  );
  const reader = new FrameReader(ByteSource.of(sink.writes).stream);
  reader.allowZstd();
  const frames = await readAll(reader);
  assert(frames.every(({ type }) => type === "FZST"));
  const inflated = frames.map(({ hex }) => inflateChunk(Uint8Array.fromHex(hex)).toHex());
  assert(inflated.join("") === content.toHex());
});

Deno.test("sendData: an abort ends the hashing of the bytes before the offset", async () => {
  using temp = new TempDir();
  const size = 80 * 1024 * 1024;
  const { file, sink, writer, worker } = await setUpSending(temp, new Uint8Array(0));
  using _worker = worker;
  Deno.truncateSync(file.realPath, size); // Sparse, but slow to hash
  const large = await (await DirectoryStore.open(temp.path)).find("a.bin");
  const controller = new AbortController();
  const reason = new Error("gone");
  const call = worker.call.bind(worker);
  let slices = 0;
  worker.call = ((name: "hashSkippedSlice", ...rest: [never]) => {
    if (name === "hashSkippedSlice" && ++slices === 2) controller.abort(reason);
    return call(name, ...rest);
  }) as typeof worker.call;
  const plan = planOf(large, { offset: size - 1, hashed: true });
  const sending = sendData(worker, large, plan, { writer, signal: controller.signal });
  assertStrictEquals(await assertRejects(() => sending), reason);
  assertEquals([slices, sink.writes.length], [2, 0]);
  // The file is closed
  await assertRejects(() => call("hashSkippedSlice", [1]), Error, "Cannot do the job");
});
