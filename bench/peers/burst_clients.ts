/**
 * Protocol 2 clients that send at full speed, all in one room or each in its own; they only count
 * frames.
 *
 * @module
 */
import { concatBytes } from "../../lib/protocol/frames.ts";
import { options, orders, report } from "./messages.ts";
import { CODES, inParallel, RawClient, request } from "./raw_client.ts";

/** Options of the process. */
export interface BurstOptions {
  readonly port: number;
  readonly count: number;
  /** Whether all are in one room. */
  readonly together: boolean;
}

/** An order: each of the senders sends that many messages at once. */
export interface BurstOrder {
  readonly senders: number;
  readonly messages: number;
}

/** The times until all messages were delivered to all, and until all were confirmed. */
export interface BurstReport {
  readonly deliveredSeconds: number;
  readonly confirmedSeconds: number;
}

const CONNECTING = 32;
const BUFFER_BYTES = 65_536;
const TEXT = "x".repeat(40);

const { port, count, together } = options<BurstOptions>();
const rooms = Array.from({ length: count }, (_, i) => together ? "room" : `room${i}`);
const clients: RawClient[] = [];
await inParallel(count, CONNECTING, async (i) => {
  const requests = [request("JOIN", 1, { room: rooms[i] }), request("PART", 2, { room: "lobby" })];
  clients[i] = await RawClient.open({ port }, requests, BUFFER_BYTES);
});
// Events about the joins must not be counted
await new Promise((resolve) => setTimeout(resolve, 1_500));
report("ready");
for await (const order of orders<BurstOrder>()) report(await carryOut(order));
Deno.exit();

async function carryOut({ senders, messages }: BurstOrder): Promise<BurstReport> {
  let undelivered = messages * senders * (together ? count : 1);
  let unconfirmed = messages * senders;
  const delivered = Promise.withResolvers<number>();
  const confirmed = Promise.withResolvers<number>();
  for (const client of clients) {
    client.onFrame = (code) => {
      if (code === CODES.event && --undelivered === 0) delivered.resolve(performance.now());
      if (code === CODES.done && --unconfirmed === 0) confirmed.resolve(performance.now());
      if (code === CODES.fail) confirmed.reject(new Error("The server refused a message"));
    };
  }
  const bursts = rooms.slice(0, senders).map((room) =>
    concatBytes(
      Array.from({ length: messages }, (_, i) => request("SEND", i + 3, { room, text: TEXT })),
    )
  );
  const startedMs = performance.now();
  await Promise.all(bursts.map((burst, i) => clients[i]!.send(burst)));
  const [deliveredMs, confirmedMs] = await Promise.all([delivered.promise, confirmed.promise]);
  return {
    deliveredSeconds: (deliveredMs - startedMs) / 1000,
    confirmedSeconds: (confirmedMs - startedMs) / 1000,
  };
}
