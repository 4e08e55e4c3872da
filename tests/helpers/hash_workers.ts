import type { FromHashWorker, HashWorker } from "../../lib/page/transfer/hashing.ts";
import { serveHashing, type ToHashWorker } from "../../lib/page/transfer/hashing.ts";

/** Workers that hash, in this thread. */
export class HashWorkers {
  started = 0;
  running = 0;
  hashedBytes = 0;
  /** How starting one fails; `null` for not at all. */
  failure: "throws" | "dies" | null = null;
  /** After so many slices a worker dies. */
  diesAfter = Infinity;
  /** Called when a worker has started: it begins to hash once that is over. */
  onStart: () => Promise<void> = () => Promise.resolve();

  /** Starts one. */
  start(): HashWorker {
    if (this.failure === "throws") throw new DOMException("No workers here", "SecurityError");
    this.started++;
    this.running++;
    let isOver = false;
    const worker: HashWorker = {
      onmessage: null,
      onerror: null,
      postMessage: (message, transfer) => {
        const received = structuredClone(message, { transfer });
        queueMicrotask(() => void handler.then((handle) => this.#hand(worker, received, handle)));
      },
      terminate: () => {
        if (!isOver) this.running--;
        isOver = true;
      },
    };
    const post = (data: FromHashWorker) => queueMicrotask(() => worker.onmessage?.({ data }));
    const handler = this.failure === "dies"
      ? Promise.withResolvers<(message: ToHashWorker) => void>().promise
      : this.onStart().then(() => serveHashing(post));
    if (this.failure === "dies") queueMicrotask(() => worker.onerror?.());
    return worker;
  }

  #hand(worker: HashWorker, message: ToHashWorker, handle: (message: ToHashWorker) => void): void {
    if (this.diesAfter-- === 0) return worker.onerror?.();
    this.hashedBytes += message?.byteLength ?? 0;
    handle(message);
  }
}
