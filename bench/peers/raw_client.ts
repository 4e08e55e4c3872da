import { concatBytes, encodeJsonFrame, HEADER_BYTES, typeCode } from "../../lib/protocol/frames.ts";
import type { Socket } from "../../lib/stream/socket.ts";
import { connectTls, type TlsPin } from "../../lib/stream/tls/connect.ts";

/** Frame types as numbers. */
export const CODES = {
  event: typeCode("EVNT"),
  done: typeCode("DONE"),
  fail: typeCode("FAIL"),
  auth: typeCode("AUTH"),
} as const;

/** A callback for a frame whose payload lies between `start` and `end`. */
export type OnFrame = (code: number, bytes: Uint8Array, start: number, end: number) => void;

/** The server to connect to. */
export interface RawTarget {
  readonly port: number;
  /** Use TLS with the server that has this key. Default: no TLS. */
  readonly pin?: TlsPin;
}

type RawSocket = Pick<Socket, "read" | "write" | "close">;

const PING = typeCode("PING");
const PONG = typeCode("PONG");
const ANSWERS = new Set([typeCode("HELO"), CODES.done, CODES.auth, CODES.fail]);
const HELO = encodeJsonFrame("HELO", { protocol: 2, agent: "bench" });
const CONNECT_MS = 30_000;
const decoder = new TextDecoder();

/** A minimal protocol 2 client, which only finds the frames. */
export class RawClient {
  readonly #socket: RawSocket;
  #buffer: Uint8Array<ArrayBuffer>;
  #onFrame: OnFrame = () => {};
  /** Resolves at the end of the connection, for any reason. */
  readonly closed: Promise<void>;
  #isStopped = false;

  private constructor(socket: RawSocket, bufferBytes: number) {
    this.#socket = socket;
    this.#buffer = new Uint8Array(bufferBytes);
    this.closed = this.#run().catch(() => {});
  }

  /** Connects, sends HELO and pipelined requests, and waits for all answers. */
  static async open(
    target: RawTarget,
    requests: readonly Uint8Array[] = [],
    bufferBytes = 16_384,
  ): Promise<RawClient> {
    const client = new RawClient(await openSocket(target), bufferBytes);
    await client.ask([HELO, ...requests]);
    return client;
  }

  /** Sets the callback for every frame except PING. */
  set onFrame(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  /**
   * Sends requests and waits until all are answered; resolves to the payload of the last answer.
   */
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

  /** Stops reading. */
  stopReading(): void {
    this.#isStopped = true;
  }

  /** Closes the connection. */
  close(): void {
    try {
      this.#socket.close();
    } catch {
      // The server has closed it already
    }
  }

  async #run(): Promise<void> {
    let length = 0;
    while (!this.#isStopped) {
      const count = await this.#socket.read(this.#buffer.subarray(length));
      if (count === null) return;
      length = this.#handleFrames(length + count);
    }
    await new Promise(() => {});
  }

  /** Handles the complete frames; returns the number of remaining bytes. */
  #handleFrames(length: number): number {
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

/** Encodes a request. */
export function request(
  type: "AUTH" | "HIST" | "JOIN" | "PART" | "SEND",
  id: number,
  fields: Record<string, unknown>,
): Uint8Array {
  return encodeJsonFrame(type, { id, ...fields });
}

/** Runs `work` `count` times, `width` at a time. */
export async function inParallel(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let started = 0;
  const runNext = async () => {
    while (started < count) await work(started++);
  };
  await Promise.all(Array.from({ length: width }, runNext));
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
