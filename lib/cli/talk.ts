import { connect, type ConnectOptions } from "../client/client.ts";
import { parseChatLine } from "./chat_line.ts";
import { EXIT } from "./failure.ts";
import { formatMessage, writeOut } from "./output.ts";

/** How to reach the server. */
export interface TalkOptions {
  readonly connection: ConnectOptions;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Sends one message and leaves once the server took it.
 *
 * @throws {ConnectionError} when it may not have arrived
 */
export async function say(
  text: string,
  { connection, signal }: TalkOptions,
): Promise<number> {
  const client = await connect(connection);
  signal.addEventListener("abort", () => client.close(), { once: true });
  try {
    client.sendChat(text);
    const reason = await client.quit();
    signal.throwIfAborted();
    if (reason !== null) throw reason;
    return EXIT.done;
  } finally {
    client.close();
  }
}

/**
 * Prints the chat, a message a line, until it is interrupted.
 *
 * @throws {ConnectionError} when the server goes away; the signal's reason
 */
export async function listen(
  options: TalkOptions & { readonly json: boolean; readonly onConnected: () => void },
): Promise<never> {
  const { connection, signal, json } = options;
  const client = await connect({
    ...connection,
    onChat: (line) => writeOut(`${json ? toJson(line) : formatMessage(line)}\n`),
  });
  signal.addEventListener("abort", () => client.close(), { once: true });
  options.onConnected();
  const reason = await client.closed;
  throw reason ?? signal.reason;
}

function toJson(line: string): string {
  const { from, text } = parseChatLine(line);
  return JSON.stringify({ event: "message", room: "lobby", from, text, time: Date.now() });
}
