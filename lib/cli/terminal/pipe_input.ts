import { TextLineStream } from "@std/streams/text-line-stream";
import { writeOut } from "../view/output.ts";
import type { LineInput, LineInputOptions } from "./line_input.ts";

/** Lines from a pipe or a file. */
export class PipeInput implements LineInput {
  readonly isTerminal = false;
  readonly #reader: ReadableStreamDefaultReader<string>;

  /** Why nothing more can be printed: the next line is not read. */
  #outputError: unknown = null;
  readonly #write: (text: string) => void;
  readonly #room: () => Promise<void>;

  /** Takes the stream over. */
  constructor(
    source: ReadableStream<Uint8Array<ArrayBuffer>>,
    { write = writeOut, room = () => Promise.resolve() }: Pick<LineInputOptions, "write" | "room"> =
      {},
  ) {
    this.#write = write;
    this.#room = room;
    this.#reader = source
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  async *entries(): AsyncIterable<readonly string[]> {
    for (let line = await this.ask(); line !== null; line = await this.ask()) yield [line];
  }

  print(text: string): void {
    if (this.#outputError !== null) return;
    try {
      this.#write(`${text}\n`);
    } catch (error) {
      this.#outputError = error;
      this.close();
    }
  }

  status(): void {}

  setCompleter(): void {}

  setPrompt(): void {}

  setCancel(): void {}

  clear(): void {}

  eraseEntered(): void {}

  ring(): void {}

  async ask(): Promise<string | null> {
    await this.#room();
    const { value, done } = await this.#reader.read();
    if (this.#outputError !== null) throw this.#outputError;
    return done ? null : value;
  }

  askSecret(): Promise<string | null> {
    return this.ask();
  }

  close(): void {
    this.#reader.cancel().catch(() => {}); // Nothing reads it any more
  }
}
