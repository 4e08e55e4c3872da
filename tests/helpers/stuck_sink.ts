import type { ByteSink } from "../../lib/cli/view/byte_sink.ts";

/** A terminal or a pipe that takes nothing until it is opened. */
export class StuckSink implements ByteSink {
  /** What it has taken. */
  text = "";
  readonly #opened = Promise.withResolvers<void>();

  /** Takes everything from now on. */
  open(): void {
    this.#opened.resolve();
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#opened.promise;
    this.text += new TextDecoder().decode(bytes);
    return bytes.length;
  }
}
