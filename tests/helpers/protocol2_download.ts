import type { FileTarget } from "../../lib/files/part_file.ts";
import type { DownloadHead } from "../../lib/protocol/answers.ts";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { Protocol2Download } from "../../lib/transfer/protocol2_download.ts";
import type { FileWorker } from "../../lib/worker/file_worker.ts";
import { ChunkCompressor } from "../../lib/worker/zstd.ts";
import { targetIn } from "./targets.ts";

/** FMET for the content, from its first byte, without a hash. */
export function headOf(content: Uint8Array, overrides: Partial<DownloadHead> = {}): DownloadHead {
  const head = { size: content.length, mtime: 1_700_000_000_123, version: "v1", offset: 0 };
  return { ...head, sha256: null, ...overrides };
}

/** Compresses bytes that get smaller by it. */
export function compressed(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ChunkCompressor().compress(bytes)!);
}

/** A protocol 2 download of "a.bin" into a folder, and its events. */
export class TestDownload extends Protocol2Download {
  readonly progress: Array<[received: number, total: number]> = [];
  /** The number of requests to cancel. */
  cancelled = 0;
  /** How often the server was told that its bytes are wrong. */
  doubted = 0;
  /** The outcomes of the result promise. */
  readonly outcomes: unknown[] = [];

  constructor(
    worker: FileWorker,
    directory: string,
    { target = {}, sha256 = null }: { target?: Partial<FileTarget>; sha256?: string | null } = {},
  ) {
    const reader = new FrameReader(new ReadableStream({ type: "bytes" }));
    super(worker, targetIn(directory, target), {
      connection: { reader, close: (error) => this.closed.push(error) },
      sha256,
      exec: true,
      onWrong: (id) => this.doubted += id,
      onProgress: (...figures) => this.progress.push(figures),
    });
    this.onRequested(() => this.cancelled++, 1);
    this.result.then((result) => this.outcomes.push(result), (error) => this.outcomes.push(error));
  }

  /** The reasons for closing the connection. */
  readonly closed: unknown[] = [];
}
