/** The worker that moves files, built to `/mover.js`. */
import { browserPlatform } from "./net/platform.ts";
import type { HashWorker } from "./transfer/hashing.ts";
import { Mover } from "./transfer/mover.ts";
import type { FromMover, ToMover } from "./transfer/mover_messages.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToMover>) => void) | null;
  postMessage(message: FromMover): void;
};
const mover = new Mover({
  open: browserPlatform().open,
  post: (message) => scope.postMessage(message),
  startHashWorker: () => new Worker("/hasher.js", { type: "module" }) as unknown as HashWorker,
});
scope.onmessage = ({ data }) => mover.onMessage(data);
