import type { Cluster } from "./cluster.ts";
import type { NumberBlock } from "./entry.ts";

/** The numbers of the guests of this server: no other guest of any server has them. */
export class GuestNumbers {
  readonly #log: Cluster["log"];
  #blocks: NumberBlock[] = [];
  #used = 0;
  #isAsking = false;

  /** Asks for the first numbers. */
  constructor({ log }: Pick<Cluster, "log">) {
    this.#log = log;
    this.#ask();
  }

  /** The next number; `null` while the log has given none. */
  next(): number | null {
    const [block, following] = this.#blocks;
    if (block === undefined || this.#used * 2 >= block.count && following === undefined) {
      this.#ask();
    }
    if (block === undefined) return null;
    const number = block.first + this.#used++;
    if (this.#used === block.count) {
      this.#blocks.shift();
      this.#used = 0;
    }
    return number;
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      this.#blocks.push(await this.#log.append({ kind: "block" }));
    } catch {
      // The next guest asks again
    } finally {
      this.#isAsking = false;
    }
  }
}
