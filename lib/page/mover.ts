/** The worker that moves files, built to `/mover.js`. */
import { openAt } from "./net/open_at.ts";
import type { HashWorker } from "./transfer/hashing.ts";
import { Mover } from "./transfer/mover.ts";
import type { FromMover, ToMover } from "./transfer/mover_messages.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToMover>) => void) | null;
  postMessage(message: FromMover): void;
};
const mover = new Mover({
  open: (signal, origin = location.origin) => openAt(origin, signal, null),
  post: (message) => scope.postMessage(message),
  startHashWorker: () => new Worker("/hasher.js", { type: "module" }) as unknown as HashWorker,
});
scope.onmessage = ({ data }) => mover.onMessage(data);
scope.postMessage({ kind: "ready" });
