/**
 * Clients of an IRC server that send at full speed in one channel; they only count lines.
 *
 * @module
 */
import type { BurstOrder, BurstReport } from "./burst_clients.ts";
import { options, orders, report } from "./messages.ts";
import { inParallel } from "./raw_client.ts";

/** Options of the process. */
export interface IrcOptions {
  readonly port: number;
  readonly count: number;
}

const CONNECTING = 32;
const BUFFER_BYTES = 65_536;
const TEXT = "x".repeat(40);
const NEWLINE = 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const { port, count } = options<IrcOptions>();
const clients: IrcClient[] = [];

/** A client that counts whole lines without parsing them. */
class IrcClient {
  readonly #conn: Deno.TcpConn;
  onLines: (count: number) => void = () => {};
  onEnd: () => void = () => {};

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Logs in and joins the channel; resolves once the list of names has arrived. */
  static async open(nick: string): Promise<IrcClient> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay(true);
    const client = new IrcClient(conn);
    await client.send(`NICK ${nick}\r\nUSER ${nick} 0 * :bench\r\nJOIN #room\r\n`);
    const buffer = new Uint8Array(BUFFER_BYTES);
    for (let text = ""; !text.includes(" 366 ");) {
      const bytes = await conn.read(buffer);
      if (bytes === null) throw new Error(`The server dropped ${nick}: ${text}`);
      text += decoder.decode(buffer.subarray(0, bytes));
    }
    client.#run(buffer).catch(() => {}).finally(() => client.onEnd());
    return client;
  }

  async send(text: string): Promise<void> {
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  async #run(buffer: Uint8Array): Promise<void> {
    for (;;) {
      const bytes = await this.#conn.read(buffer);
      if (bytes === null) return;
      let lines = 0;
      for (let i = 0; i < bytes; i++) if (buffer[i] === NEWLINE) lines++;
      this.onLines(lines);
    }
  }
}

await inParallel(count, CONNECTING, async (i) => {
  clients[i] = await IrcClient.open(`n${i}`);
});
// Messages about the joins must not be counted
await new Promise((resolve) => setTimeout(resolve, 1_500));
report("ready");
for await (const order of orders<BurstOrder>()) report(await carryOut(order));
Deno.exit();

/** A sender does not receive its own messages. IRC has no confirmations. */
async function carryOut({ senders, messages }: BurstOrder): Promise<BurstReport> {
  let undelivered = messages * senders * (count - 1);
  const delivered = Promise.withResolvers<number>();
  for (const client of clients) {
    client.onLines = (lines) => {
      undelivered -= lines;
      if (undelivered <= 0) delivered.resolve(performance.now());
    };
    client.onEnd = () => delivered.reject(new Error("The server dropped a client"));
  }
  const burst = `PRIVMSG #room :${TEXT}\r\n`.repeat(messages);
  const startedMs = performance.now();
  await Promise.all(clients.slice(0, senders).map((client) => client.send(burst)));
  const deliveredSeconds = (await delivered.promise - startedMs) / 1000;
  return { deliveredSeconds, confirmedSeconds: deliveredSeconds };
}
