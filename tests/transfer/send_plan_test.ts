import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { protocol2Layout } from "../../lib/protocol/data_frames.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { encodeFrame, encodeJsonFrame } from "../../lib/protocol/frames.ts";
import { sendData } from "../../lib/transfer/send_data.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { ByteSource } from "../helpers/byte_source.ts";
import { readAll } from "../helpers/frames.ts";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { inflateChunk } from "../../lib/worker/zstd.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { NEVER, planOf, setUpSending } from "../helpers/sending.ts";

Deno.test("the head goes in one write with the data of a small file, in front of those of a large", async () => {
  // The head and 64 KiB of frames are 65,428 bytes of data
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

Deno.test("of a file that cannot be opened, the head is not sent", async () => {
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

Deno.test("the tail goes in one write with the last data of a small file, behind those of a large", async () => {
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

Deno.test("of a file of which nothing is left, head and tail are sent in one write", async () => {
  for (const [size, hashed] of [[0, true], [0, false], [1_000, true], [1_000, false]] as const) {
    using temp = new TempDir();
    const content = patternedBytes(size);
    const { file, sink, writer, worker } = await setUpSending(temp, content);
    using _worker = worker;
    const told: unknown[] = [];
    const sha256 = await sendData(worker, file, planOf(file, { offset: size, hashed }), {
      writer,
      signal: NEVER,
      head: encodeFrame("FROK"),
      tail: (sha256) => {
        told.push(sha256);
        return encodeFrame("QUIT");
      },
    });
    const expected = hashed ? sha256Of(content) : null;
    assertEquals([sha256, told], [expected, [expected]]);
    assertEquals(sink.writes.length, 1);
    const frames = await readAll(new FrameReader(ByteSource.of(sink.writes).stream));
    assertEquals(frames.map(({ type }) => type), ["FROK", "QUIT"]);
  }
});

Deno.test("the tail is told the hash of the whole file, with what came before the offset", async () => {
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

Deno.test("onProgress tells how far the socket has taken the file, to its end", async () => {
  const size = 1_500_000;
  for (const offset of [0, 700_000]) {
    using temp = new TempDir();
    const { file, sink, writer, worker } = await setUpSending(temp, patternedBytes(size));
    using _worker = worker;
    const progress: number[] = [];
    const taken: number[] = [];
    let takenBytes = offset;
    sink.onWrite = () => void taken.push(takenBytes += 100_000);
    const layout = { payloadBytes: 100_000, frames: 1 };
    await sendData(worker, file, planOf(file, { offset, layout }), {
      writer,
      signal: NEVER,
      onProgress: (bytes) => progress.push(bytes),
    });
    assertEquals(progress, taken);
    assertEquals(progress.at(-1), size);
  }
});

Deno.test("data is compressed where that is wanted, and is the same to who inflates it", async () => {
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

Deno.test("sendData gives up while it still hashes what comes before the offset", async () => {
  using temp = new TempDir();
  const size = 80 * 1024 * 1024;
  const { file, sink, writer, worker } = await setUpSending(temp, new Uint8Array(0));
  using _worker = worker;
  Deno.truncateSync(file.realPath, size); // It takes no room, but takes its time
  const large = await (await DirectoryStore.open(temp.path)).find("a.bin");
  const controller = new AbortController();
  const reason = new Error("gone");
  const call = worker.call.bind(worker);
  let slices = 0;
  worker.call = ((name: "skipSlice", ...rest: [never]) => {
    if (name === "skipSlice" && ++slices === 2) controller.abort(reason);
    return call(name, ...rest);
  }) as typeof worker.call;
  const plan = planOf(large, { offset: size - 1, hashed: true });
  const sending = sendData(worker, large, plan, { writer, signal: controller.signal });
  assertStrictEquals(await assertRejects(() => sending), reason);
  assertEquals([slices, sink.writes.length], [2, 0]);
  // The file is not open any more
  await assertRejects(() => call("skipSlice", [1]), Error, "Cannot do the job");
});
