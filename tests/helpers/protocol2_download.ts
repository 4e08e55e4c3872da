import type { FileTarget } from "../../lib/files/part_file.ts";
import type { DownloadHead } from "../../lib/protocol/answers.ts";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { Protocol2Download } from "../../lib/transfer/protocol2_download.ts";
import { ChunkCompressor } from "../../lib/worker/zstd.ts";
import type { FileWorker } from "../../lib/worker/file_worker.ts";
import { targetIn } from "./targets.ts";

/** FMET for that content, from its first byte on, with no hash. */
export function headOf(content: Uint8Array, overrides: Partial<DownloadHead> = {}): DownloadHead {
  const head = { size: content.length, mtime: 1_700_000_000_123, version: "v1", offset: 0 };
  return { ...head, sha256: null, ...overrides };
}

/** Compresses what gets smaller by that. */
export function compressed(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ChunkCompressor().compress(bytes)!);
}

/** A download of protocol 2 of "a.bin" into a folder, and what it tells. */
export class TestDownload extends Protocol2Download {
  readonly progress: Array<[received: number, total: number]> = [];
  /** How often the server was to be told to stop. */
  cancelled = 0;
  /** How the result was settled, each time that it was. */
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
      onProgress: (...figures) => this.progress.push(figures),
    });
    this.onRequested(() => this.cancelled++);
    this.result.then((result) => this.outcomes.push(result), (error) => this.outcomes.push(error));
  }

  /** Why the connection was closed. */
  readonly closed: unknown[] = [];
}
