import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { zstdDecompressSync } from "node:zlib";
import { DirectoryStore, type StoredFile } from "../../lib/files/directory_store.ts";
import {
  dataBytesOf,
  type DataLayout,
  newDataBuffer,
  protocol2Layout,
} from "../../lib/protocol/data_frames.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { type SendPlan, WorkerJobs } from "../../lib/worker/jobs.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { parseSlowly } from "../helpers/frames.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(20_000);
const SHA256 = sha256Of(CONTENT);
const LAYOUT: DataLayout = { payloadBytes: 8_192, frames: 2 };
const PLAN: SendPlan = { layout: LAYOUT, offset: 0, hashed: false, zstd: false };

async function source(temp: TempDir, content: Uint8Array = CONTENT): Promise<StoredFile> {
  temp.write("source.bin", content);
  return await (await DirectoryStore.open(temp.path)).find("source.bin");
}

/** The frames that a plan makes of a file. */
interface Sent {
  readonly frames: Array<{ type: string; hex: string }>;
  readonly data: string;
  readonly sha256: string | null;
}

/** Fills one buffer after the other until the file is sent. */
function send(jobs: WorkerJobs, file: StoredFile, plan: SendPlan): Sent {
  const buffer = newDataBuffer(plan.layout);
  const frames: Sent["frames"] = [];
  let sha256: string | null = null;
  for (let left = file.stamp.sizeBytes - plan.offset; left > 0;) {
    assertEquals(sha256, null); // Only with the last buffer
    const filled = jobs.fillFrames(buffer);
    const parsed = parseSlowly(new Uint8Array(buffer, 0, filled.frameBytes).slice());
    assertEquals(parsed.leftBytes, 0);
    frames.push(...parsed.frames);
    sha256 = filled.sha256;
    left -= dataBytesOf(plan.layout);
  }
  assertThrows(() => jobs.fillFrames(buffer), Error, "Cannot do the job"); // Closed
  return { frames, data: frames.map(inflated).join(""), sha256 };
}

function inflated({ type, hex }: { type: string; hex: string }): string {
  if (type === "FDAT") return hex;
  assertEquals(type, "FZST");
  return new Uint8Array(zstdDecompressSync(Uint8Array.fromHex(hex))).toHex();
}

/** Hashes up to the offset; returns the number of slices, and the hash of a whole file. */
function skip(jobs: WorkerJobs, sliceBytes: number): { slices: number; sha256: string | null } {
  for (let slices = 1;; slices++) {
    const { isDone, sha256 } = jobs.hashSkippedSlice(sliceBytes);
    if (isDone) return { slices, sha256 };
    assertEquals(sha256, null);
  }
}

Deno.test("WorkerJobs: hashSlice hashes a file in slices", async () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  jobs.startHash(await source(temp));
  assertEquals(jobs.hashSlice(19_999), null);
  assertEquals(jobs.hashSlice(1e9), SHA256);
  jobs.endHash();
  jobs.endHash(); // Nothing is open
  assertThrows(() => jobs.hashSlice(1), Error, "Cannot do the job");
});

Deno.test("WorkerJobs: fillFrames fills whole frames, and closes the file after its last byte", async () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  const file = await source(temp);
  const buffer = newDataBuffer(LAYOUT);
  const hex: string[] = [];
  for (const expected of [16_384, 3_616]) {
    const filled = expected === 16_384
      ? jobs.startFilling(file, PLAN, buffer)
      : jobs.fillFrames(buffer);
    assertStrictEquals(filled.buffer, buffer);
    assertEquals(filled.sha256, null);
    const { frames, leftBytes } = parseSlowly(new Uint8Array(buffer, 0, filled.frameBytes));
    assertEquals(leftBytes, 0);
    assertEquals(frames.map((frame) => frame.hex).join("").length / 2, expected);
    hex.push(...frames.map((frame) => frame.hex));
  }
  assertEquals(hex.join(""), CONTENT.toHex());
  assertThrows(() => jobs.fillFrames(buffer), Error, "Cannot do the job");
});

Deno.test("WorkerJobs: fillFrames sends from any offset, in frames of any size", async () => {
  using temp = new TempDir();
  const file = await source(temp);
  for (const offset of [0, 1, 8_192, 19_999]) {
    for (const peerBytes of [1_000, 8_192, 1_048_576]) {
      const jobs = new WorkerJobs();
      const layout = protocol2Layout(CONTENT.length - offset, peerBytes);
      const plan = { ...PLAN, layout, offset };
      jobs.startSend(file, plan);
      const { data, sha256, frames } = send(jobs, file, plan);
      assertEquals(data, CONTENT.subarray(offset).toHex());
      assertEquals(sha256, null);
      for (const { hex } of frames) assert(hex.length / 2 <= peerBytes);
    }
  }
});

Deno.test("WorkerJobs: fillFrames hashes the whole file, with the bytes before the offset", async () => {
  using temp = new TempDir();
  const file = await source(temp);
  for (const offset of [0, 1, 8_192, 19_999]) {
    for (const [sliceBytes, slices] of [[1e9, 1], [7_000, Math.ceil(offset / 7_000) || 1]]) {
      const jobs = new WorkerJobs();
      const plan = { ...PLAN, offset, hashed: true };
      jobs.startSend(file, plan);
      assertEquals(skip(jobs, sliceBytes!), { slices: slices!, sha256: null });
      const { data, sha256 } = send(jobs, file, plan);
      assertEquals([data === CONTENT.subarray(offset).toHex(), sha256], [true, SHA256]);
    }
  }
});

Deno.test("WorkerJobs: hashSkippedSlice returns the hash and closes the file when the offset is its end", async () => {
  using temp = new TempDir();
  for (const content of [CONTENT, new Uint8Array(0)]) {
    const file = await source(temp, content);
    const jobs = new WorkerJobs();
    jobs.startSend(file, { ...PLAN, offset: content.length, hashed: true });
    assertEquals(skip(jobs, 7_000).sha256, sha256Of(content));
    assertThrows(() => jobs.hashSkippedSlice(1), Error, "Cannot do the job");
  }
});

Deno.test("WorkerJobs: hashSkippedSlice has nothing to do without a hash", async () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  jobs.startSend(await source(temp), { ...PLAN, offset: 15_000 });
  assertEquals(jobs.hashSkippedSlice(1), { isDone: true, sha256: null });
  jobs.endSend();
});

Deno.test("WorkerJobs: fillFrames compresses the chunks that become smaller", async () => {
  using temp = new TempDir();
  const text = new TextEncoder().encode("the same again and again. ".repeat(800));
  const noise = crypto.getRandomValues(new Uint8Array(2_000));
  for (const content of [text, noise, concatBytes([text, noise, text])]) {
    for (const offset of [0, 800]) {
      const file = await source(temp, content);
      const layout = { payloadBytes: 1_000, frames: 1 };
      const plan = { layout, offset, hashed: true, zstd: true };
      const jobs = new WorkerJobs();
      jobs.startSend(file, plan);
      skip(jobs, 1e9);
      const { frames, data, sha256 } = send(jobs, file, plan);
      assertEquals(data, content.subarray(offset).toHex());
      assertEquals(sha256, sha256Of(content));
      const types = new Set(frames.map(({ type }) => type));
      assertEquals(types.has("FZST"), content !== noise);
      assertEquals(types.has("FDAT"), content !== text);
      for (const { type, hex } of frames) {
        if (type === "FZST") assert(hex.length < inflated({ type, hex }).length);
      }
    }
  }
});

Deno.test("WorkerJobs: fails with changed when a file changes before or while it is sent", async () => {
  using temp = new TempDir();
  const assertChanged = (work: () => unknown) =>
    assertEquals(assertThrows(work, RequestError).code, "changed");
  for (const offset of [0, 10_000, 20_000]) {
    const file = await source(temp);
    const jobs = new WorkerJobs();
    jobs.startSend(file, { ...PLAN, offset, hashed: true });
    skip(jobs, 9_000);
    if (offset < 20_000) {
      Deno.truncateSync(file.realPath, 10);
      assertChanged(() => {
        for (;;) jobs.fillFrames(newDataBuffer(LAYOUT));
      });
    }
    jobs.endSend();
  }
  const file = await source(temp);
  const jobs = new WorkerJobs();
  jobs.startSend(file, { ...PLAN, offset: 20_000, hashed: true });
  assertEquals(jobs.hashSkippedSlice(9_000).isDone, false);
  Deno.utimeSync(file.realPath, 1_000, 1_000);
  assertChanged(() => skip(jobs, 9_000));
  jobs.endSend();
  assertChanged(() => jobs.startHash(file));
  assertChanged(() => jobs.startSend(file, PLAN));
  assertChanged(() => jobs.startFilling(file, PLAN, new ArrayBuffer(0)));
});
