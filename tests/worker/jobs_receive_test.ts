import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { DirectoryStore, type StoredFile } from "../../lib/files/directory_store.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import type { FileTarget } from "../../lib/files/part_file.ts";
import { type DataLayout, newDataBuffer } from "../../lib/protocol/data_frames.ts";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { type SendPlan, WorkerJobs } from "../../lib/worker/jobs.ts";
import { ChunkCompressor } from "../../lib/worker/zstd.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { detailsOf, pathOf, targetIn } from "../helpers/targets.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(20_000);
const SHA256 = sha256Of(CONTENT);
const DETAILS = detailsOf(CONTENT);
const LAYOUT: DataLayout = { payloadBytes: 8_192, frames: 2 };
const PLAN: SendPlan = { layout: LAYOUT, offset: 0, hashed: false, zstd: false };

async function source(temp: TempDir, content: Uint8Array = CONTENT): Promise<StoredFile> {
  temp.write("source.bin", content);
  return await (await DirectoryStore.open(temp.path)).find("source.bin");
}

function target(temp: TempDir, overrides: Partial<FileTarget> = {}): FileTarget {
  return targetIn(temp.join("in"), overrides);
}

/** The file to receive at {@link target}. */
function wanted(temp: TempDir) {
  const directory = temp.join("in");
  const sizeBytes = CONTENT.length;
  return { directory, name: "a.bin", sizeBytes, sha256: SHA256, numbered: true };
}

Deno.test("WorkerJobs: receives a file, and finds it the next time", () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  assertEquals(jobs.startReceiveMissing(1, wanted(temp), target(temp), DETAILS), null);
  const bytes = CONTENT.slice();
  assertStrictEquals(jobs.write(1, bytes), bytes.buffer);
  assertEquals(pathOf(jobs.commit(1, SHA256)), temp.join("in/a.bin"));
  const again = jobs.startReceiveMissing(2, wanted(temp), target(temp), DETAILS);
  assertEquals(again, temp.join("in/a.bin"));
  assertEquals(jobs.findReceived(wanted(temp)), temp.join("in/a.bin"));
  jobs.write(2, CONTENT.slice()); // Dropped
  assertThrows(() => jobs.commit(2, SHA256), Error, "Cannot do the job");
  assertEquals(temp.list("in"), ["a.bin"]);
});

Deno.test("WorkerJobs: commit removes a file that is wrong", () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  jobs.startReceive(1, target(temp), DETAILS);
  jobs.write(1, new Uint8Array(CONTENT.length));
  assertEquals(jobs.commit(1, SHA256), "wrong");
  assertEquals(temp.list("in"), []);
});

Deno.test("WorkerJobs: receives several files concurrently, by handle", () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  const contents = [CONTENT, patternedBytes(5_000, 2), patternedBytes(0), patternedBytes(1, 3)];
  contents.forEach((content, handle) => {
    jobs.startReceive(handle, target(temp, { name: `${handle}` }), detailsOf(content));
  });
  for (let at = 0; at < CONTENT.length; at += 1_500) {
    contents.forEach((content, handle) => {
      if (at < content.length) jobs.write(handle, content.slice(at, at + 1_500));
    });
  }
  contents.forEach((content, handle) => {
    assertEquals(pathOf(jobs.commit(handle, sha256Of(content))), temp.join(`in/${handle}`));
    assertEquals(Deno.readFileSync(temp.join(`in/${handle}`)), content);
  });
});

Deno.test("WorkerJobs: hashes a kept part in slices, and continues behind it", () => {
  using temp = new TempDir();
  temp.write("in/.tcp-chat/a.bin.part", CONTENT.subarray(0, 12_000));
  const jobs = new WorkerJobs();
  assertEquals(jobs.openPart(7, target(temp, { keepBytes: 20_000 })), 12_000);
  assertEquals(jobs.hashKept(7, 11_999), false);
  assertEquals(jobs.hashKept(7, 11_999), true);
  jobs.beginReceive(7, detailsOf(CONTENT, { offset: 12_000, version: "v1" }));
  jobs.write(7, CONTENT.slice(12_000));
  assertEquals(pathOf(jobs.commit(7, SHA256)), temp.join("in/a.bin"));
  assertEquals(temp.list("in"), ["a.bin"]);
});

Deno.test("WorkerJobs: inspectTarget reports a taken name, and the part of an earlier download", () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  assertEquals(jobs.inspectTarget(target(temp)), { isTaken: false, part: null });
  temp.write("in/.tcp-chat/a.bin.part", "12345");
  const part = { sizeBytes: 5, version: null };
  assertEquals(jobs.inspectTarget(target(temp)), { isTaken: false, part });
  temp.write("in/.tcp-chat/a.bin.part.version", "v1");
  temp.write("in/a.bin/x", "a folder");
  assertEquals(jobs.inspectTarget(target(temp)), {
    isTaken: true,
    part: { ...part, version: "v1" },
  });
});

Deno.test("WorkerJobs: writeZstd inflates, hashes and writes", () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  const content = new Uint8Array(20_000).fill(65);
  jobs.startReceive(1, target(temp), detailsOf(content));
  const compressor = new ChunkCompressor();
  for (const bytes of [10_000, 9_000]) {
    assertEquals(jobs.writeZstd(1, compressor.compress(content.subarray(0, bytes))!), bytes);
  }
  jobs.write(1, content.slice(0, 1_000));
  assertEquals(pathOf(jobs.commit(1, sha256Of(content))), temp.join("in/a.bin"));
  assertEquals(Deno.readFileSync(temp.join("in/a.bin")), content);
});

Deno.test("WorkerJobs: writeZstd ends the file when data is not zstd, or too long", () => {
  const tooMuch = new ChunkCompressor().compress(new Uint8Array(CONTENT.length + 1))!;
  for (const [payload, code] of [[CONTENT.slice(), "bad-frame"], [tooMuch, "bad-sequence"]]) {
    using temp = new TempDir();
    const jobs = new WorkerJobs();
    jobs.startReceive(1, target(temp), DETAILS);
    jobs.write(1, CONTENT.slice(0, 10));
    const write = () => jobs.writeZstd(1, payload as Uint8Array);
    assertEquals(assertThrows(write, ProtocolError).code, code);
    assertEquals(jobs.writeZstd(1, tooMuch), 0); // Later data is dropped
    assertThrows(() => jobs.commit(1, SHA256), Error, "Cannot do the job");
    assertEquals(temp.list("in"), [".tcp-chat/a.bin.part"]);
  }
});

Deno.test("WorkerJobs: store receives a whole file in one call", () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  const details = detailsOf(CONTENT, { modifiedMs: 5_000 });
  const stored = jobs.store(target(temp), details, CONTENT.slice(), SHA256);
  assertEquals(pathOf(stored), temp.join("in/a.bin"));
  assertEquals(Deno.statSync(temp.join("in/a.bin")).mtime?.getTime(), 5_000);
  const other = patternedBytes(CONTENT.length, 2);
  assertEquals(jobs.store(target(temp), DETAILS, other, SHA256), "wrong");
  assertEquals(jobs.store(target(temp), DETAILS, CONTENT.slice(1), SHA256), "wrong");
  const refusing = target(temp, { ifTaken: "refuse", staysOnError: false });
  assertEquals(jobs.store(refusing, DETAILS, CONTENT.slice(), SHA256), "taken");
  assertThrows(() => jobs.store(target(temp), DETAILS, new Uint8Array(20_001), SHA256));
  assertEquals(temp.list("in"), ["a.bin"]);
});

Deno.test("WorkerJobs: write drops data when the part could not be opened", () => {
  using temp = new TempDir();
  temp.write("in/.tcp-chat/a.bin.part/x", "a folder where the part must be");
  const jobs = new WorkerJobs();
  assertThrows(() => jobs.startReceive(1, target(temp), DETAILS), DiskError);
  assertThrows(() => jobs.store(target(temp), DETAILS, CONTENT.slice(), SHA256), DiskError);
  const bytes = CONTENT.slice();
  assertStrictEquals(jobs.write(1, bytes), bytes.buffer);
  assertEquals(jobs.hashKept(1, 1), true);
  assertThrows(() => jobs.commit(1, SHA256), Error, "Cannot do the job");
  jobs.endReceive(1, true);
  assertEquals(temp.list("in"), [".tcp-chat/a.bin.part"]);
});

Deno.test("WorkerJobs: an error closes the part, which stays if staysOnError is set", () => {
  for (const [staysOnError, left] of [[true, [".tcp-chat/a.bin.part"]], [false, []]] as const) {
    using temp = new TempDir();
    temp.write("in/.tcp-chat/a.bin.part", CONTENT.subarray(0, 100));
    const jobs = new WorkerJobs();
    const kept = target(temp, { keepBytes: 20_000, staysOnError });
    jobs.openPart(1, kept);
    jobs.hashKept(1, 1e9);
    const begin = () => jobs.beginReceive(1, detailsOf(CONTENT, { offset: 99 }));
    assertThrows(begin, DiskError, "not what it was");
    jobs.write(1, CONTENT.slice()); // Dropped
    assertEquals(temp.list("in"), [...left]);
    jobs.openPart(2, kept); // Not locked any more
    jobs.endReceive(2, true);
    assertEquals(temp.list("in"), []);
  }
});

Deno.test("WorkerJobs: endHash, endSend and endReceive close open files, and discard the part if asked", async () => {
  using temp = new TempDir();
  const file = await source(temp);
  for (const [discard, left] of [[false, [".tcp-chat/a.bin.part"]], [true, []]] as const) {
    const jobs = new WorkerJobs();
    jobs.startHash(file);
    jobs.startFilling(file, PLAN, newDataBuffer(LAYOUT));
    jobs.startReceive(1, target(temp), DETAILS);
    jobs.write(1, CONTENT.slice());
    for (let i = 0; i < 2; i++) { // The second time, nothing is open
      jobs.endHash();
      jobs.endSend();
      jobs.endReceive(1, discard);
    }
    assertEquals(temp.list("in"), [...left]);
  }
});

Deno.test("WorkerJobs: closeAll closes all received files, and leaves their parts", () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  for (let handle = 0; handle < 3; handle++) {
    jobs.startReceive(handle, target(temp, { name: `${handle}` }), DETAILS);
    if (handle > 0) jobs.write(handle, CONTENT.slice(0, handle));
  }
  jobs.closeAll();
  jobs.closeAll();
  assertEquals(temp.list("in"), [".tcp-chat/1.part", ".tcp-chat/2.part"]);
  jobs.startReceive(1, target(temp, { name: "1" }), DETAILS); // Not locked any more
  jobs.closeAll();
});
