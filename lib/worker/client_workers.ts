import { FileWorker } from "./file_worker.ts";
import type { LentWorker } from "./lent_worker.ts";

/** Spare threads of the process: each needs a core beside that of its connection's other thread. */
const MAX_SPARE_THREADS = navigator.hardwareConcurrency - 1;
let spareThreads = 0;

/**
 * The threads of a connection of a client: one, and a spare one, for one task at a time, that is started
 * when it is first needed. The spare threads of a process are fewer than the cores of the machine.
 */
export class ClientWorkers {
  /** The worker of the connection. */
  readonly worker: FileWorker = new FileWorker();
  #spare: FileWorker | null = null;
  /** Resolves when the spare worker is given back; `null` if it is not lent. */
  #return: PromiseWithResolvers<void> | null = null;
  #isEnded = false;

  /** Lends the spare worker; `null` if it is lent already, or no core is left for its thread. */
  lend(): LentWorker | null {
    if (this.#return !== null || this.#isEnded) return null;
    const worker = this.#spare ??= this.#start();
    if (worker === null) return null;
    const { resolve } = this.#return = Promise.withResolvers<void>();
    const giveBack = () => {
      this.#return = null;
      resolve();
    };
    return { worker, [Symbol.dispose]: giveBack };
  }

  /** Ends the threads once their calls are done: a complete file still gets its name. */
  async end(reason: Error): Promise<void> {
    this.#isEnded = true;
    await this.#return?.promise;
    await this.worker.call("closeAll", []).catch(() => {}); // Dead is as good as closed
    this.worker.terminate(reason);
    this.#spare?.terminate(reason);
    this.#forget();
  }

  #start(): FileWorker | null {
    if (spareThreads >= MAX_SPARE_THREADS) return null;
    spareThreads++;
    return new FileWorker(() => this.#forget());
  }

  #forget(): void {
    if (this.#spare !== null) spareThreads--;
    this.#spare = null;
  }
}
