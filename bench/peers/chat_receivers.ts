/**
 * A client that chats and many that receive, with plain sockets and as few instructions as
 * possible: the receivers only count bytes.
 *
 * @module
 */
import { concatBytes, encodeFrame, HEADER_BYTES } from "../../lib/protocol/frames.ts";
import { options, orders, report } from "./messages.ts";

/** Options of the process. */
export interface ReceiversOptions {
  readonly port: number;
  readonly count: number;
}

/** An order: `bursts` times `messages` at once, each burst once all have received the previous. */
export interface ChatOrder {
  readonly messages: number;
  readonly bursts: number;
}

const TEXT = "x".repeat(40);
const BUFFER_BYTES = 64 * 1024;

const { port, count } = options<ReceiversOptions>();
const inbox = orders<ChatOrder>();
const buffer = new Uint8Array(BUFFER_BYTES);
let missingBytes = 0;
let complete = Promise.withResolvers<void>();

const sender = await open();
const receivers: Deno.Conn[] = [];
while (receivers.length < count) receivers.push(await open());
report("connected");
await inbox.next(); // The server has accepted all connections
const frameBytes = await measureFrameBytes();
for (const receiver of receivers) receive(receiver);
report("ready");
for await (const order of inbox) report(await carryOut(order));
Deno.exit();

async function open(): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay(true);
  return conn;
}

/** Sends a message and returns the size of the frame that arrives, with the name of its author. */
async function measureFrameBytes(): Promise<number> {
  await sendAll(encodeFrame("CHAT", TEXT));
  let length = 0;
  for (const receiver of receivers) {
    let missing = length || HEADER_BYTES;
    while (missing > 0) {
      missing -= await receiver.read(buffer.subarray(0, missing)) ?? NaN;
      if (length > 0 || missing > 0) continue;
      const payloadBytes = Number(new DataView(buffer.buffer).getBigUint64(0));
      length = HEADER_BYTES + payloadBytes;
      missing = payloadBytes;
    }
  }
  return length;
}

/** Counts all received bytes. */
async function receive(conn: Deno.Conn): Promise<void> {
  for (;;) {
    const count = await conn.read(buffer);
    if (count === null) throw new Error("The server dropped a listener");
    missingBytes -= count;
    if (missingBytes === 0) complete.resolve();
  }
}

async function carryOut({ messages, bursts }: ChatOrder): Promise<{ seconds: number }> {
  const frame = encodeFrame("CHAT", TEXT);
  const burst = concatBytes(Array<Uint8Array>(messages).fill(frame));
  const startedMs = performance.now();
  for (let i = 0; i < bursts; i++) {
    complete = Promise.withResolvers();
    missingBytes = count * messages * frameBytes;
    await sendAll(burst);
    await complete.promise;
  }
  return { seconds: (performance.now() - startedMs) / 1000 };
}

async function sendAll(bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    offset += await sender.write(bytes.subarray(offset));
  }
}
