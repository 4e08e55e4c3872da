/** The worker that hashes what a mover sends, built to `/hasher.js`. */
import { type FromHashWorker, serveHashing, type ToHashWorker } from "./transfer/hashing.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToHashWorker>) => void) | null;
  postMessage(message: FromHashWorker, transfer: ArrayBuffer[]): void;
};
const onMessage = await serveHashing((message, transfer) => scope.postMessage(message, transfer));
scope.onmessage = ({ data }) => onMessage(data);
