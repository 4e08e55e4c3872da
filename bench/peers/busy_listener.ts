/**
 * A client that downloads without a pause and records the age of the chat messages it receives.
 *
 * @module
 */
import { join } from "@std/path";
import { connect } from "../../lib/client/connect.ts";
import { options, report, wallMs } from "./messages.ts";

/** Options of the process. */
export interface ListenerOptions {
  readonly port: number;
  readonly protocol: 1 | 2;
  readonly directory: string;
  readonly path: string;
  /** The number of messages to wait for. */
  readonly messages: number;
}

const { port, protocol, directory, path, messages } = options<ListenerOptions>();
const agesMs: number[] = [];
let isFlowing = false;
let downloads = 0;

const client = await connect({ hostname: "127.0.0.1", port, protocol, onChat });
// Two pipelined requests, so that the data never pauses
await Promise.all([downloadRepeatedly("a"), downloadRepeatedly("b")]);
report({ agesMs, downloads });
client.close();

function onChat(text: string): void {
  agesMs.push(wallMs() - Number(text.split(": ")[1]));
}

function onProgress(): void {
  if (!isFlowing) report("ready");
  isFlowing = true;
}

async function downloadRepeatedly(name: string): Promise<void> {
  while (agesMs.length < messages) {
    await client.download(path, { directory, name, onProgress });
    await Deno.remove(join(directory, name)); // A synchronous call would block the socket for 50 ms
    downloads++;
  }
}
