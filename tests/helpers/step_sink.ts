import type { ByteWriter } from "../../lib/stream/frames/frame_writer.ts";
import { settled } from "./fake_clock.ts";

interface PendingWrite {
  readonly text: string;
  readonly done: PromiseWithResolvers<number>;
}

/** The bytes of a text with one byte a character. */
export function ascii(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A connection's writing side that takes bytes when the test says so. */
export class StepSink implements ByteWriter {
  /** All writes so far, each as it was asked for. */
  readonly writes: string[] = [];
  #pending: PendingWrite | null = null;

  write(bytes: Uint8Array): Promise<number> {
    if (this.#pending !== null) throw new Error("Two writes at a time");
    const text = String.fromCharCode(...bytes);
    this.writes.push(text);
    this.#pending = { text, done: Promise.withResolvers<number>() };
    return this.#pending.done.promise;
  }

  /** What is being written now, or `null`. */
  get writing(): string | null {
    return this.#pending?.text ?? null;
  }

  /** Takes all or the first `count` bytes of the write that is under way, and returns it. */
  async take(count?: number): Promise<string> {
    const { text, done } = this.#takePending();
    done.resolve(count ?? text.length);
    await settled();
    return text;
  }

  /** Takes the write that is under way without waiting for what comes of it. */
  takeSoon(): void {
    const { text, done } = this.#takePending();
    done.resolve(text.length);
  }

  /** Takes everything until nothing is written any more. */
  async takeAll(): Promise<void> {
    while (this.#pending !== null) await this.take();
  }

  /** Makes the write that is under way fail. */
  async fail(error: Error): Promise<void> {
    this.#takePending().done.reject(error);
    await settled();
  }

  #takePending(): PendingWrite {
    const pending = this.#pending;
    if (pending === null) throw new Error("Nothing is being written");
    this.#pending = null;
    return pending;
  }
}
