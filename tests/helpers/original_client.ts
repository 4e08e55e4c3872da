import { assertEquals } from "@std/assert";
import { sha256Of } from "./bytes.ts";
import { DEADLINE_MS } from "./deadline.ts";
import { type RawFrame, rawFrame, textOf } from "./raw_peer.ts";

/** The size of its reads. */
const READ_BYTES = 4096;
/** The relevant frames; CHAT is not among them. */
const COUNTING = new Set(["FROK", "FERR", "FMTA", "FHSH", "FDAT"]);

/** A file as the original client received it, verified only if `verified`. */
export interface OriginalDownload {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly verified: boolean;
}

/** The error for an answer with FERR. */
export class Refusal extends Error {}

/**
 * A client that behaves exactly like that of the original system, without code of the project.
 *
 * Disposal closes the connection; `quit` sends QUIT before.
 */
export class OriginalClient implements AsyncDisposable {
  readonly #conn: Deno.TcpConn;
  readonly #frames: RawFrame[] = [];
  readonly #receiving: Promise<void>;
  #received = Promise.withResolvers<void>();
  #hasEnded = false;
  /** Chat payloads as received. */
  readonly shown: string[] = [];
  /** Unknown types, which it ignored. */
  readonly ignored: string[] = [];

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.#receiving = this.#readInput();
  }

  static async connect(port: number): Promise<OriginalClient> {
    return new OriginalClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Requests files in one write, by the names as typed. */
  async ask(...names: string[]): Promise<void> {
    await this.#write(join(names.map((name) => rawFrame("FILE", name))));
  }

  async say(text: string): Promise<void> {
    await this.#write(rawFrame("CHAT", text));
  }

  /** Receives the answer to the oldest request. */
  async receive(): Promise<OriginalDownload> {
    await this.#expect("FROK");
    const { payload } = await this.#expect("FMTA");
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const nameLength = view.getUint32(0);
    assertEquals(payload.length, 4 + nameLength + 8, "the lengths in FMTA");
    const size = Number(view.getBigUint64(4 + nameLength));
    const name = new TextDecoder().decode(payload.subarray(4, 4 + nameLength));
    const hash = (await this.#expect("FHSH")).payload;
    const bytes = new Uint8Array(size);
    for (let length = 0; length < size;) {
      const data = (await this.#expect("FDAT")).payload;
      if (data.length < 1 || data.length > 8192) throw new Error(`FDAT of ${data.length} bytes`);
      bytes.set(data, length);
      length += data.length;
    }
    return { name, bytes, verified: hash.toHex() === sha256Of(bytes) };
  }

  /** Requests and receives a file. */
  async download(name: string): Promise<OriginalDownload> {
    await this.ask(name);
    return await this.receive();
  }

  /** Resolves once a chat message with that payload has been shown. */
  async waitForChat(text: string): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while (!this.shown.includes(text)) await this.#waitForInput(deadline, `the message "${text}"`);
  }

  /** Resolves once a further chat message has been shown. */
  async waitForMoreChat(): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    const before = this.shown.length;
    while (this.shown.length === before) await this.#waitForInput(deadline, "another message");
  }

  /** Resolves once the server has closed the connection. */
  async waitForEnd(): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while (!this.#hasEnded) await this.#waitForInput(deadline, "the end");
  }

  /** Sends bytes that no original client would send. */
  async sendRaw(bytes: Uint8Array): Promise<void> {
    await this.#write(bytes);
  }

  /** Sends QUIT and closes. */
  async quit(): Promise<void> {
    await this.#write(rawFrame("QUIT"));
    await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#conn.close();
    } catch {
      // Closed before
    }
    await this.#receiving;
  }

  async #expect(type: string): Promise<RawFrame> {
    const deadline = performance.now() + DEADLINE_MS;
    while (this.#frames.length === 0) await this.#waitForInput(deadline, type);
    const frame = this.#frames.shift()!;
    if (frame.type === "FERR") throw new Refusal(textOf(frame));
    assertEquals(frame.type, type);
    return frame;
  }

  /** Waits for further input; the original client does so for 10 s. */
  async #waitForInput(deadlineMs: number, what: string): Promise<void> {
    if (this.#hasEnded) throw new Error(`The connection ended before ${what}`);
    const { promise, reject } = Promise.withResolvers<void>();
    const giveUp = () => reject(new Error(`The original client gave up: it waited for ${what}`));
    const timer = setTimeout(giveUp, deadlineMs - performance.now());
    await Promise.race([this.#received.promise, promise]).finally(() => clearTimeout(timer));
  }

  async #readInput(): Promise<void> {
    const piece = new Uint8Array(READ_BYTES);
    let remaining: Uint8Array<ArrayBuffer> = new Uint8Array(0);
    try {
      for (;;) {
        const count = await this.#conn.read(piece);
        if (count === null) break;
        remaining = this.#sortFrames(join([remaining, piece.subarray(0, count)]));
        this.#signal();
      }
    } catch {
      // Closed by this side, or reset by the server
    }
    this.#hasEnded = true;
    this.#signal();
  }

  /** Sorts the complete frames, and returns the remaining bytes. */
  #sortFrames(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    let offset = 0;
    while (bytes.length - offset >= 12) {
      const size = Number(new DataView(bytes.buffer, offset).getBigUint64(0));
      if (bytes.length - offset - 12 < size) break;
      const type = String.fromCharCode(...bytes.subarray(offset + 8, offset + 12));
      const payload = bytes.slice(offset + 12, offset + 12 + size);
      if (type === "CHAT") this.shown.push(new TextDecoder().decode(payload));
      else if (COUNTING.has(type)) this.#frames.push({ type, payload });
      else this.ignored.push(type);
      offset += 12 + size;
    }
    return bytes.slice(offset);
  }

  #signal(): void {
    const received = this.#received;
    this.#received = Promise.withResolvers<void>();
    received.resolve();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let remaining = bytes; remaining.length > 0;) {
      remaining = remaining.subarray(await this.#conn.write(remaining));
    }
  }
}

function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
