/**
 * Loaded before a program: the disk stops answering once the file that the variable names is there, whose text tells
 * what hangs: `looks` or `database`. The program's patience is a fiftieth.
 */
import { readQuietly } from "../../lib/files/read_quietly.ts";
import { DatabaseSync } from "node:sqlite";

/** Names the variable with the path of the file. */
export const DEAD_DISK = "TCP_CHAT_DEAD_DISK";

if (Deno.env.has(DEAD_DISK)) {
  const hangs = (what: string) => readQuietly(Deno.env.get(DEAD_DISK)!) === what;
  const { stat } = Deno;
  Deno.stat = async (path) => {
    if (!hangs("looks")) return await stat(path);
    console.error(`hangs at ${path}`);
    return await new Promise(() => {});
  };
  const { close } = DatabaseSync.prototype;
  DatabaseSync.prototype.close = function () {
    if (hangs("database")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    close.call(this);
  };
  const { setTimeout } = globalThis;
  const shorter = (ms: number) => ms >= 5_000 ? ms / 50 : ms;
  globalThis.setTimeout = ((run: () => void, ms = 0) =>
    setTimeout(run, shorter(ms))) as typeof setTimeout;
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message: unknown, transfer: unknown = []) {
    const shortened = typeof message === "number" ? shorter(message) : message;
    postMessage.call(this, shortened, transfer as StructuredSerializeOptions);
  };
}
