/**
 * A worker that opens a database once all workers with the same counter are ready, and posts the
 * error or `null`.
 *
 * @module
 */
import { openDatabase } from "../../lib/files/database.ts";

interface Scope {
  onmessage: (event: MessageEvent<{ path: string; counter: Int32Array; all: number }>) => void;
  postMessage(error: string | null): void;
}

const scope = globalThis as unknown as Scope;

scope.onmessage = ({ data: { path, counter, all } }) => {
  Atomics.add(counter, 0, 1);
  while (Atomics.load(counter, 0) < all);
  try {
    openDatabase(path).close();
    scope.postMessage(null);
  } catch (error) {
    scope.postMessage(String(error));
  }
};
