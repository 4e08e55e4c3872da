import { FrameReader, type FrameReaderLimits } from "../../lib/stream/frames/frame_reader.ts";
import { ByteSource } from "./byte_source.ts";
import { FakeClock, settled } from "./fake_clock.ts";
import { bytesOf } from "./raw_peer.ts";

/** A reader that somebody reads from all the time, under a clock that the test sets. */
export class PacedReader implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly source = new ByteSource();
  readonly reader: FrameReader;
  readonly #reading: Promise<void>;

  /** Begins to read. */
  constructor(limits: Partial<FrameReaderLimits>) {
    this.reader = new FrameReader(this.source.stream, limits);
    this.#reading = this.#read();
  }

  /** Lets time pass, and has bytes come in then. */
  async after(ms: number, bytes: Uint8Array | string): Promise<void> {
    this.clock.advance(ms);
    this.source.push(bytesOf(bytes));
    await settled();
  }

  /** Whether the peer is too slow so long after what came last. */
  overdueAfter(ms: number): boolean {
    return this.reader.isOverdue(this.clock.nowMs + ms);
  }

  async #read(): Promise<void> {
    while (await this.reader.read().catch(() => null) !== null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.source.end();
    await this.#reading;
    this.clock[Symbol.dispose]();
  }
}
