import { assertEquals } from "@std/assert";
import { DirectoryStore, type StoredFile } from "../../lib/files/directory_store.ts";
import { protocol1Layout } from "../../lib/protocol/data_frames.ts";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { type ByteWriter, FrameWriter } from "../../lib/stream/frames/frame_writer.ts";
import type { SendPlan } from "../../lib/worker/jobs.ts";
import { ByteSource } from "./byte_source.ts";
import { readAll } from "./frames.ts";
import { TempDir } from "./temp_dir.ts";
import { TestWorker } from "./workers.ts";

/** A signal that never fires. */
export const NEVER = new AbortController().signal;
/** The size of the worker's reads in protocol 1. */
export const BUFFER_BYTES = 1_024 * 1_024;

/** A plan for a whole file in protocol 1. */
export function planOf({ stamp }: StoredFile, overrides: Partial<SendPlan> = {}): SendPlan {
  const layout = protocol1Layout(stamp.sizeBytes);
  return { layout, offset: 0, hashed: false, zstd: false, ...overrides };
}

/** Accepts every write at once and keeps a copy. */
export class Collector implements ByteWriter {
  readonly writes: Uint8Array[] = [];
  /** Called before each write. */
  onWrite: () => void | Promise<void> = () => {};

  async write(bytes: Uint8Array): Promise<number> {
    await this.onWrite();
    this.writes.push(bytes.slice());
    return bytes.length;
  }

  /** The file data of all writes, in hex. */
  async data(): Promise<string> {
    const reader = new FrameReader(ByteSource.of(this.writes).stream);
    return (await readAll(reader)).map(({ type, hex }) => {
      assertEquals(type, "FDAT");
      return hex;
    }).join("");
  }
}

/** A file, a worker to read it, and a writer for its data. */
export async function setUpSending(temp: TempDir, content: Uint8Array) {
  temp.write("a.bin", content);
  const file: StoredFile = await (await DirectoryStore.open(temp.path)).find("a.bin");
  const sink = new Collector();
  const writer = new FrameWriter(sink, { onOverflow: () => {}, onError: () => {} });
  return { file, sink, writer, worker: new TestWorker() };
}
