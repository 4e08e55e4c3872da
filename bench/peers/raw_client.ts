import { concatBytes, encodeJsonFrame, HEADER_BYTES, typeCode } from "../../lib/protocol/frames.ts";
import { connectTls, type TlsPin } from "../../lib/stream/tls/connect.ts";
import type { Socket } from "../../lib/stream/socket.ts";

/** TYPE of frames, as numbers. */
export const CODES = {
  event: typeCode("EVNT"),
  done: typeCode("DONE"),
  fail: typeCode("FAIL"),
  auth: typeCode("AUTH"),
} as const;

/** What a frame says, where `start` to `end` of the bytes are the payload. */
export type OnFrame = (code: number, bytes: Uint8Array, start: number, end: number) => void;

/** How to reach the server. */
export interface RawTarget {
  readonly port: number;
  /** Speak TLS with the server that has this key. Default: no TLS. */
  readonly pin?: TlsPin;
}

type RawSocket = Pick<Socket, "read" | "write" | "close">;

const PING = typeCode("PING");
const PONG = typeCode("PONG");
const ANSWERS = new Set([typeCode("HELO"), CODES.done, CODES.auth, CODES.fail]);
const HELO = encodeJsonFrame("HELO", { protocol: 2, agent: "bench" });
const CONNECT_MS = 30_000;
const decoder = new TextDecoder();

/** A client of protocol 2 with as few instructions as possible: it finds the frames, no more. */
export class RawClient {
  readonly #socket: RawSocket;
  #buffer: Uint8Array<ArrayBuffer>;
  #onFrame: OnFrame = () => {};
  /** Resolves at the end of the connection, however it came. */
  readonly closed: Promise<void>;
  #isStopped = false;

  private constructor(socket: RawSocket, bufferBytes: number) {
    this.#socket = socket;
    this.#buffer = new Uint8Array(bufferBytes);
    this.closed = this.#run().catch(() => {});
  }

  /** Connects, says HELO with requests behind it at once, and waits for all the answers. */
  static async open(
    target: RawTarget,
    requests: readonly Uint8Array[] = [],
    bufferBytes = 16_384,
  ): Promise<RawClient> {
    const client = new RawClient(await openSocket(target), bufferBytes);
    await client.ask([HELO, ...requests]);
    return client;
  }

  /** Hears every frame but PING from now on. */
  set onFrame(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  /** Sends requests and waits until all are answered; the payload of the last answer. */
  ask(requests: readonly Uint8Array[]): Promise<Record<string, unknown>> {
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
    let missing = requests.length;
    this.#onFrame = (code, bytes, start, end) => {
      if (!ANSWERS.has(code)) return;
      missing--;
      if (code !== CODES.fail && missing > 0) return;
      const json = decoder.decode(bytes.subarray(start, end));
      if (code === CODES.fail) reject(new Error(json));
      else resolve(JSON.parse(json));
    };
    this.closed.then(() => reject(new Error("The server dropped a client")));
    this.send(concatBytes(requests)).catch(reject);
    return promise;
  }

  /** Sends whole frames. */
  async send(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length;) {
      offset += await this.#socket.write(bytes.subarray(offset));
    }
  }

  /** Reads no more from now on. */
  stopReading(): void {
    this.#isStopped = true;
  }

  /** Ends the connection. */
  close(): void {
    try {
      this.#socket.close();
    } catch {
      // The server was faster
    }
  }

  async #run(): Promise<void> {
    let length = 0;
    while (!this.#isStopped) {
      const count = await this.#socket.read(this.#buffer.subarray(length));
      if (count === null) return;
      length = this.#take(length + count);
    }
    await new Promise(() => {});
  }

  /** Takes the frames that are whole; returns how many bytes are left over. */
  #take(length: number): number {
    const buffer = this.#buffer;
    const view = new DataView(buffer.buffer);
    let at = 0;
    while (length - at >= HEADER_BYTES) {
      const frameBytes = HEADER_BYTES + view.getUint32(at + 4);
      if (frameBytes > length - at) {
        if (frameBytes > buffer.length) this.#buffer = new Uint8Array(2 * frameBytes);
        break;
      }
      const code = view.getUint32(at + 8);
      const end = at + frameBytes;
      if (code === PING) this.#pong(buffer.slice(at, end));
      else this.#onFrame(code, buffer, at + HEADER_BYTES, end);
      at = end;
    }
    this.#buffer.set(buffer.subarray(at, length));
    return length - at;
  }

  #pong(frame: Uint8Array<ArrayBuffer>): void {
    new DataView(frame.buffer).setUint32(8, PONG);
    this.send(frame).catch(() => {});
  }
}

/** A request as a frame. */
export function request(
  type: "AUTH" | "HIST" | "JOIN" | "PART" | "SEND",
  id: number,
  fields: Record<string, unknown>,
): Uint8Array {
  return encodeJsonFrame(type, { id, ...fields });
}

/** Does something `count` times, `width` at a time. */
export async function inParallel(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let begun = 0;
  const lane = async () => {
    while (begun < count) await work(begun++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

async function openSocket({ port, pin }: RawTarget): Promise<RawSocket> {
  const endpoint = { hostname: "127.0.0.1", port };
  if (pin === undefined) {
    const conn = await Deno.connect(endpoint);
    conn.setNoDelay(true);
    return conn;
  }
  const trust = { pin, accept: () => false };
  return (await connectTls(endpoint, trust, { timeoutMs: CONNECT_MS })).socket;
}
