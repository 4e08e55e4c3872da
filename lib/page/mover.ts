/** The worker that moves files, built to `/mover.js`. */
import { browserPlatform } from "./net/platform.ts";
import { Mover } from "./transfer/mover.ts";
import type { FromMover, ToMover } from "./transfer/mover_messages.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToMover>) => void) | null;
  postMessage(message: FromMover): void;
};
const mover = new Mover(browserPlatform().open, (message) => scope.postMessage(message));
scope.onmessage = ({ data }) => mover.onMessage(data);
