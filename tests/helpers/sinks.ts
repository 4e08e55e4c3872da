import { assert, assertEquals } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import type { FileDetails, FileTarget } from "../../lib/files/part_file.ts";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import type { LendWorker } from "../../lib/worker/lent_worker.ts";
import { FileSink } from "../../lib/transfer/file_sink.ts";
import { patternedBytes, sha256Of } from "./bytes.ts";
import { detailsOf, pathOf, targetIn } from "./targets.ts";
import { TempDir } from "./temp_dir.ts";
import { WatchedWorker } from "./workers.ts";

/** The largest file that is kept in memory until it is complete. */
export const SMALL = patternedBytes(65_536);
/** A file that is written while it arrives. */
export const LARGE = patternedBytes(300_000);

/** File sinks into one folder, with one worker. */
export class SinkFixture implements Disposable {
  readonly temp = new TempDir();
  readonly worker: WatchedWorker;
  readonly #isOwner: boolean;
  /** The sizes of the returned buffers. */
  readonly written: number[] = [];
  readonly errors: unknown[] = [];
  /** Lends the worker that hashes. */
  lendHasher: LendWorker = () => null;
  /** Bytes that arrived compressed. */
  inflatedBytes = 0;

  /** @param worker that outlives the fixture, since starting one is slow */
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
    }, { lendHasher: () => this.lendHasher(), besideBytes: LARGE.length });
  }

  /** A sink whose earlier download left a part with that much of {@link LARGE}. */
  keptSink(keptBytes: number, overrides: Partial<FileTarget> = {}): FileSink {
    this.temp.write(".tcp-chat/a.bin.part", LARGE.subarray(0, keptBytes));
    return this.sink({ keepBytes: LARGE.length, ...overrides });
  }

  /** The names in the folder once the worker is idle. */
  async list(): Promise<string[]> {
    await this.worker.idle();
    return this.temp.list();
  }

  /** Checks that there was one error, with that code, and that the part is unlocked. */
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
      using file = Deno.openSync(this.temp.join(".tcp-chat/a.bin.part"), { write: true });
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

/** Writes a content in pieces. */
export async function writeAll(
  sink: FileSink,
  content: Uint8Array,
  pieceBytes = 50_000,
): Promise<void> {
  for (let at = 0; at < content.length; at += pieceBytes) {
    await sink.write(content.slice(at, at + pieceBytes));
  }
}

/** Receives a file; returns its path, or the reason why it has none. */
export async function receive(
  sink: FileSink,
  content: Uint8Array,
  details: FileDetails = detailsOf(content),
): Promise<string | null> {
  sink.begin(details);
  await writeAll(sink, content);
  return pathOf(await sink.finish(sha256Of(content)));
}
