/**
 * Protocol 2 clients of several servers, all in one room. They send as fast as the answers allow, or one
 * of them at a steady rate.
 *
 * @module
 */
import { options, orders, report } from "./messages.ts";
import { CODES, inParallel, RawClient, request } from "./raw_client.ts";

/** Options of the process. */
export interface TalkersOptions {
  /** The servers. The clients are shared out among them in turn. */
  readonly ports: readonly number[];
  readonly count: number;
}

/** An order. */
export type TalkersOrder =
  /** Each client sends `messages`, of which `window` wait for their answers. */
  | { readonly kind: "flood"; readonly messages: number; readonly window: number }
  /** The first client sends `messages`, one in `pauseMs`. */
  | { readonly kind: "steady"; readonly messages: number; readonly pauseMs: number };

/** The answer to `flood`. */
export interface FloodReport {
  /** Until all messages were confirmed, and until all were delivered to all clients. */
  readonly confirmedSeconds: number;
  readonly deliveredSeconds: number;
}

/** The answer to `steady`. */
export interface SteadyReport {
  /** How old each message was at each client, by the number of its server. */
  readonly agesMs: readonly (readonly number[])[];
}

const CONNECTING = 16;
const BUFFER_BYTES = 65_536;
const ROOM = "room";
const TEXT = "x".repeat(40);
const decoder = new TextDecoder();

const { ports, count } = options<TalkersOptions>();
const clients: RawClient[] = [];
await inParallel(count, CONNECTING, async (i) => {
  const requests = [request("JOIN", 1, { room: ROOM }), request("PART", 2, { room: "lobby" })];
  clients[i] = await RawClient.open({ port: ports[i % ports.length]! }, requests, BUFFER_BYTES);
});
await new Promise((resolve) => setTimeout(resolve, 1_500)); // Events about the joins do not count
report("ready");
for await (const order of orders<TalkersOrder>()) {
  report(order.kind === "flood" ? await flood(order) : await talkSteadily(order));
}
Deno.exit();

async function flood(
  { messages, window }: TalkersOrder & { readonly kind: "flood" },
): Promise<FloodReport> {
  let unconfirmed = messages * clients.length;
  let undelivered = unconfirmed * clients.length;
  const [confirmed, delivered] = [
    Promise.withResolvers<number>(),
    Promise.withResolvers<number>(),
  ];
  const starts = clients.map((client) => {
    let sent = 0;
    const send = (): void => {
      if (sent >= messages) return;
      client.send(request("SEND", 3 + sent++, { room: ROOM, text: TEXT })).catch(confirmed.reject);
    };
    client.onFrame = (code) => {
      if (code === CODES.event && --undelivered === 0) delivered.resolve(performance.now());
      if (code === CODES.fail) confirmed.reject(new Error("The server refused a message"));
      if (code !== CODES.done) return;
      if (--unconfirmed === 0) confirmed.resolve(performance.now());
      send();
    };
    return () => {
      for (let i = 0; i < window; i++) send();
    };
  });
  const startedMs = performance.now();
  for (const start of starts) start();
  const [confirmedMs, deliveredMs] = await Promise.all([confirmed.promise, delivered.promise]);
  return {
    confirmedSeconds: (confirmedMs - startedMs) / 1000,
    deliveredSeconds: (deliveredMs - startedMs) / 1000,
  };
}

async function talkSteadily(
  { messages, pauseMs }: TalkersOrder & { readonly kind: "steady" },
): Promise<SteadyReport> {
  const agesMs: number[][] = ports.map(() => []);
  let missing = messages * clients.length;
  const all = Promise.withResolvers<void>();
  for (const [i, client] of clients.entries()) {
    client.onFrame = (code, bytes, start, end) => {
      if (code !== CODES.event) return;
      const { event, text } = JSON.parse(decoder.decode(bytes.subarray(start, end)));
      if (event !== "message") return;
      agesMs[i % ports.length]!.push(performance.now() - Number(text));
      if (--missing === 0) all.resolve();
    };
  }
  for (let i = 0; i < messages; i++) {
    await clients[0]!.send(
      request("SEND", 3 + i, { room: ROOM, text: String(performance.now()) }),
    );
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  await all.promise;
  return { agesMs };
}
