import { assert, assertFalse } from "@std/assert";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import type { FrameReaderLimits } from "../../lib/stream/frames/frame_reader_limits.ts";
import { ByteSource } from "./byte_source.ts";
import { FakeClock, flushTasks } from "./fake_clock.ts";
import { bytesOf } from "./raw_peer.ts";

/** A frame reader with a pending read at all times, under a clock that the test controls. */
export class PacedReader implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly source = new ByteSource();
  readonly reader: FrameReader;
  readonly #reading: Promise<void>;

  /** Starts reading. */
  constructor(limits: Partial<FrameReaderLimits>) {
    this.reader = new FrameReader(this.source.stream, limits);
    this.#reading = this.#read();
  }

  /** Advances the clock, then delivers bytes. */
  async after(ms: number, bytes: Uint8Array | string): Promise<void> {
    this.clock.advance(ms);
    this.source.push(bytesOf(bytes));
    await flushTasks();
  }

  /** Whether the peer is overdue that long after the last bytes. */
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

/** Checks that the reader, inside a frame of data, requires 1,000 bytes in every 100 ms. */
export async function assertRequiresPace(reader: PacedReader): Promise<void> {
  assertFalse(reader.overdueAfter(100));
  assert(reader.overdueAfter(101));
  await reader.after(50, "x".repeat(999)); // A byte too few
  assertFalse(reader.overdueAfter(50));
  assert(reader.overdueAfter(51));
  await reader.after(40, "x"); // The missing byte, which opens a new window
  assertFalse(reader.overdueAfter(100));
  assert(reader.overdueAfter(101));
}
