import { assert, assertEquals } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import type { FileDetails, FileTarget } from "../../lib/files/part_file.ts";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { FileSink } from "../../lib/transfer/file_sink.ts";
import { patternedBytes, sha256Of } from "./bytes.ts";
import { detailsOf, placeOf, targetIn } from "./targets.ts";
import { TempDir } from "./temp_dir.ts";
import { WatchedWorker } from "./workers.ts";

/** As large as a file may be that is kept until it is whole. */
export const SMALL = patternedBytes(65_536);
/** A file that is written while it comes. */
export const LARGE = patternedBytes(300_000);

/** Sinks into one folder, with one worker. */
export class SinkFixture implements Disposable {
  readonly temp = new TempDir();
  readonly worker: WatchedWorker;
  readonly #isOwner: boolean;
  /** Sizes of the buffers that came back. */
  readonly written: number[] = [];
  readonly errors: unknown[] = [];
  /** Bytes of the file that came in compressed. */
  inflatedBytes = 0;

  /** @param worker one that outlives the fixture: to start one takes its time */
  constructor(worker?: WatchedWorker) {
    this.worker = worker ?? new WatchedWorker();
    this.#isOwner = worker === undefined;
  }

  target(overrides: Partial<FileTarget> = {}): FileTarget {
    return targetIn(this.temp.path, overrides);
  }

  sink(overrides: Partial<FileTarget> = {}): FileSink {
    return new FileSink(this.worker, this.target(overrides), {
      onWritten: (buffer) => this.written.push(buffer.byteLength),
      onInflated: (count) => this.inflatedBytes += count,
      onError: (error) => this.errors.push(error),
    });
  }

  /** A sink for which an earlier download has left so much of {@link LARGE}. */
  keptSink(keptBytes: number, overrides: Partial<FileTarget> = {}): FileSink {
    this.temp.write("a.bin.part", LARGE.subarray(0, keptBytes));
    return this.sink({ keepBytes: LARGE.length, ...overrides });
  }

  /** What is in the folder once the worker has done all that it was told. */
  async list(): Promise<string[]> {
    await this.worker.idle();
    return this.temp.list();
  }

  /** Makes sure that there was one error, of that code, and that nobody has the part any more. */
  async assertFailed(errorClass: typeof DiskError | typeof ProtocolError, code: string) {
    await this.worker.idle();
    assertEquals(this.errors.length, 1);
    const [error] = this.errors;
    assert(error instanceof errorClass, String(error));
    assertEquals(error.code, code);
    this.assertFree();
  }

  assertFree(): void {
    try {
      using file = Deno.openSync(this.temp.join("a.bin.part"), { write: true });
      assert(file.tryLockSync(true), "the part is still open");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  [Symbol.dispose](): void {
    if (this.#isOwner) this.worker.terminate();
    this.temp[Symbol.dispose]();
  }
}

/** Writes all of a content in pieces. */
export async function writeAll(
  sink: FileSink,
  content: Uint8Array,
  pieceBytes = 50_000,
): Promise<void> {
  for (let at = 0; at < content.length; at += pieceBytes) {
    await sink.write(content.slice(at, at + pieceBytes));
  }
}

/** Begins, writes and finishes; where the file is, or why it is not. */
export async function receive(
  sink: FileSink,
  content: Uint8Array,
  details: FileDetails = detailsOf(content),
): Promise<string | null> {
  sink.begin(details);
  await writeAll(sink, content);
  return placeOf(await sink.finish(sha256Of(content)));
}
