import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { DirectoryStore, type StoredFile } from "../../lib/files/directory_store.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import type { FileTarget } from "../../lib/files/part_file.ts";
import { dataBufferBytes } from "../../lib/protocol/data_frames.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { WorkerJobs } from "../../lib/worker/jobs.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { parseSlowly } from "../helpers/frames.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(20_000);

async function source(temp: TempDir): Promise<StoredFile> {
  temp.write("source.bin", CONTENT);
  return await (await DirectoryStore.open(temp.path)).find("source.bin");
}

function target(temp: TempDir): FileTarget {
  const directory = temp.join("in");
  const sha256 = sha256Of(CONTENT);
  return { directory, name: "a.bin", sizeBytes: CONTENT.length, sha256, replace: false };
}

Deno.test("a file is hashed in slices", async () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  jobs.startHash(await source(temp));
  assertEquals(jobs.hashSlice(1e9), sha256Of(CONTENT));
  jobs.close(false);
});

Deno.test("a file is read into whole frames, and is closed with its last byte", async () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  const file = await source(temp);
  const buffer = new ArrayBuffer(dataBufferBytes(2));
  const hex: string[] = [];
  for (const expected of [16_384, 3_616]) {
    const filled = expected === 16_384 ? jobs.startSend(file, buffer) : jobs.fillFrames(buffer);
    assertStrictEquals(filled.buffer, buffer);
    assertEquals(filled.dataBytes, expected);
    const { frames, leftBytes } = parseSlowly(new Uint8Array(buffer, 0, filled.frameBytes));
    assertEquals(leftBytes, 0);
    hex.push(...frames.map((frame) => frame.hex));
  }
  assertEquals(hex.join(""), CONTENT.toHex());
  assertThrows(() => jobs.fillFrames(buffer), Error, "Cannot do the job");
});

Deno.test("a file is received, and found the next time", () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  assertEquals(jobs.startReceive(target(temp)), null);
  const bytes = CONTENT.slice();
  assertStrictEquals(jobs.write(bytes), bytes.buffer);
  assertEquals(jobs.commit(), temp.join("in/a.bin"));
  assertEquals(jobs.startReceive(target(temp)), temp.join("in/a.bin"));
  jobs.write(CONTENT.slice()); // Dropped
  assertEquals(jobs.commit(), null);
  assertEquals(temp.list("in"), ["a.bin"]);
});

Deno.test("a file that is wrong is not received", () => {
  using temp = new TempDir();
  const jobs = new WorkerJobs();
  jobs.startReceive(target(temp));
  jobs.write(new Uint8Array(CONTENT.length));
  assertEquals(jobs.commit(), null);
  assertEquals(temp.list("in"), []);
});

Deno.test("what is written where no part could be opened is dropped", () => {
  using temp = new TempDir();
  temp.write("in/a.bin.part/x", "a folder where the part must be");
  const jobs = new WorkerJobs();
  assertThrows(() => jobs.startReceive(target(temp)), DiskError);
  jobs.write(CONTENT.slice());
  assertEquals(jobs.commit(), null);
  assertEquals(temp.list("in"), ["a.bin.part"]);
});

Deno.test("close ends whatever is open, and leaves a part behind unless told otherwise", async () => {
  using temp = new TempDir();
  const file = await source(temp);
  for (const [discard, left] of [[false, ["a.bin.part"]], [true, []]] as const) {
    const jobs = new WorkerJobs();
    jobs.startHash(file);
    jobs.startSend(file, new ArrayBuffer(dataBufferBytes(1)));
    jobs.startReceive(target(temp));
    jobs.write(CONTENT.slice());
    jobs.close(discard);
    jobs.close(discard); // Nothing is open any more
    assertEquals(temp.list("in"), [...left]);
  }
});

Deno.test("a file that changed is neither hashed nor sent", async () => {
  using temp = new TempDir();
  const file = await source(temp);
  Deno.truncateSync(file.realPath, 10);
  const jobs = new WorkerJobs();
  assertEquals(assertThrows(() => jobs.startHash(file), RequestError).code, "changed");
  assertEquals(
    assertThrows(() => jobs.startSend(file, new ArrayBuffer(0)), RequestError).code,
    "changed",
  );
  jobs.close(false);
});
