import type { BulkWriter } from "./frames/bulk_writer.ts";
import type { PacedFlow } from "./paced_flow.ts";
import type { Pacer } from "./pacer.ts";

/** Paces the data that go to a writer, in their order. Disposal lets all pass. */
export class PacedWriter implements BulkWriter, Disposable {
  readonly #writer: BulkWriter;
  readonly #flow: PacedFlow;
  /** Resolves when the last piece so far has passed. */
  #turn: Promise<void> = Promise.resolve();

  /** @param client names the client whose rate it is */
  constructor(writer: BulkWriter, pacer: Pacer, client: string) {
    this.#writer = writer;
    this.#flow = pacer.open(client);
  }

  sendBulk(bytes: Uint8Array): Promise<void> {
    const turn = this.#turn.then(() => this.#flow.passed(bytes.length) ?? undefined);
    this.#turn = turn;
    return turn.then(() => this.#writer.sendBulk(bytes));
  }

  [Symbol.dispose](): void {
    this.#flow.close();
  }
}
