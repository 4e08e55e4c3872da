import type { ByteWriter } from "../../lib/stream/frames/frame_writer.ts";
import { flushTasks } from "./fake_clock.ts";

interface PendingWrite {
  readonly text: string;
  readonly done: PromiseWithResolvers<number>;
}

/** Encodes a text as a byte for each character. */
export function ascii(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The writing side of a connection whose writes complete when the test says so. */
export class StepSink implements ByteWriter {
  /** All writes so far, with the bytes that were passed. */
  readonly writes: string[] = [];
  #pending: PendingWrite | null = null;

  write(bytes: Uint8Array): Promise<number> {
    if (this.#pending !== null) throw new Error("Two writes at a time");
    const text = String.fromCharCode(...bytes);
    this.writes.push(text);
    this.#pending = { text, done: Promise.withResolvers<number>() };
    return this.#pending.done.promise;
  }

  /** The write under way, or `null`. */
  get writing(): string | null {
    return this.#pending?.text ?? null;
  }

  /** Completes the write under way with all or the first `count` bytes, and returns its text. */
  async complete(count?: number): Promise<string> {
    const { text, done } = this.#removePending();
    done.resolve(count ?? text.length);
    await flushTasks();
    return text;
  }

  /** Completes the write under way without waiting for the effects. */
  completeSoon(): void {
    const { text, done } = this.#removePending();
    done.resolve(text.length);
  }

  /** Completes writes until none follows. */
  async completeAll(): Promise<void> {
    while (this.#pending !== null) await this.complete();
  }

  /** Makes the write under way fail. */
  async fail(error: Error): Promise<void> {
    this.#removePending().done.reject(error);
    await flushTasks();
  }

  #removePending(): PendingWrite {
    const pending = this.#pending;
    if (pending === null) throw new Error("Nothing is being written");
    this.#pending = null;
    return pending;
  }
}
