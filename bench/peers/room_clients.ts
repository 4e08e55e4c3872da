/**
 * Protocol 2 clients in one room, some of which send in turns at a steady rate. Each records the
 * age of the messages it receives, and whether all arrive, in order. One may stop reading.
 *
 * @module
 */
import { options, orders, report } from "./messages.ts";
import { CODES, inParallel, RawClient, request } from "./raw_client.ts";

/** Options of the process. */
export interface RoomOptions {
  readonly port: number;
  readonly count: number;
}

/** An order to chat. */
export interface TalkOrder {
  readonly messages: number;
  readonly perSecond: number;
  /** The minimum size of a message. */
  readonly textBytes: number;
  /** Whether one client stops reading; the chat then ends once the server has dropped it. */
  readonly stall: boolean;
}

/** The result of a chat. */
export interface TalkReport {
  readonly sent: number;
  /** The latency of all deliveries. */
  readonly agesMs: { readonly half: number; readonly p99: number; readonly all: number };
  readonly lost: number;
  readonly disordered: number;
  /** The time from the first message until the stalled client was dropped; `null` if it was not. */
  readonly droppedMs: number | null;
}

const ROOM = "bench";
const SENDERS = 20;
const CONNECTING = 64;
/** How long late messages are waited for. */
const LATE_MS = 5_000;
const BUFFER_BYTES = 32_768;
const MARK = '"seq":';

const { port, count } = options<RoomOptions>();
const decoder = new TextDecoder("latin1");
const clients: RawClient[] = [];
await inParallel(count, CONNECTING, async () => {
  const requests = [request("JOIN", 1, { room: ROOM }), request("PART", 2, { room: "lobby" })];
  clients.push(await RawClient.open({ port }, requests, BUFFER_BYTES));
});
report("ready");
for await (const order of orders<TalkOrder>()) report(await carryOut(order));
Deno.exit();

async function carryOut({ messages, perSecond, textBytes, stall }: TalkOrder): Promise<TalkReport> {
  const listeners = stall ? clients.slice(1) : clients;
  const sentMs: number[] = [];
  const ages: number[] = [];
  let disordered = 0;
  let firstSeq = NaN;
  let droppedMs: number | null = null;
  for (const client of listeners) {
    let lastSeq = NaN;
    client.onFrame = (code, bytes, start, end) => {
      if (code !== CODES.event) return;
      const text = decoder.decode(bytes.subarray(Math.max(start, end - 100), end));
      const at = text.lastIndexOf(MARK);
      if (at === -1) {
        if (text.includes('"left"') && stall) droppedMs ??= performance.now() - sentMs[0]!;
        return;
      }
      const seq = parseInt(text.slice(at + MARK.length));
      if (Number.isNaN(firstSeq)) firstSeq = seq;
      if (seq !== (Number.isNaN(lastSeq) ? firstSeq : lastSeq + 1)) disordered++;
      lastSeq = seq;
      ages.push(performance.now() - sentMs[seq - firstSeq]!);
    };
  }
  if (stall) clients[0]!.stopReading();
  const startedMs = performance.now();
  for (let i = 0; i < messages && droppedMs === null; i++) {
    const sender = listeners[i % Math.min(SENDERS, listeners.length)]!;
    const text = String(i).padEnd(textBytes, "x");
    await pause(startedMs + i * 1000 / perSecond - performance.now());
    sentMs.push(performance.now());
    await sender.send(request("SEND", i + 3, { room: ROOM, text }));
  }
  const expected = listeners.length * sentMs.length;
  const deadlineMs = performance.now() + LATE_MS;
  while (ages.length < expected && performance.now() < deadlineMs) await pause(10);
  const sorted = Float64Array.from(ages).sort();
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]!;
  return {
    sent: sentMs.length,
    agesMs: { half: at(0.5), p99: at(0.99), all: at(1) },
    lost: expected - ages.length,
    disordered,
    droppedMs,
  };
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
