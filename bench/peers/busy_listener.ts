/**
 * A client that downloads without a pause and notes how old the chat messages are that it gets.
 *
 * @module
 */
import { join } from "@std/path";
import { connect } from "../../lib/client/client.ts";
import { options, report, wallMs } from "./messages.ts";

/** How to start it. */
export interface ListenerOptions {
  readonly port: number;
  readonly protocol: 1 | 2;
  readonly directory: string;
  readonly path: string;
  /** Messages to wait for. */
  readonly messages: number;
}

const { port, protocol, directory, path, messages } = options<ListenerOptions>();
const agesMs: number[] = [];
let flowing = false;
let downloads = 0;

const client = await connect({ hostname: "127.0.0.1", port, protocol, onChat });
// Two requests ahead, so that the data never pauses
await Promise.all([downloadAgainAndAgain("a"), downloadAgainAndAgain("b")]);
report({ agesMs, downloads });
client.close();

function onChat(text: string): void {
  agesMs.push(wallMs() - Number(text.split(": ")[1]));
}

function onProgress(): void {
  if (!flowing) report("ready");
  flowing = true;
}

async function downloadAgainAndAgain(name: string): Promise<void> {
  while (agesMs.length < messages) {
    await client.download(path, { directory, name, onProgress });
    await Deno.remove(join(directory, name)); // Would block the socket for 50 ms if synchronous
    downloads++;
  }
}
