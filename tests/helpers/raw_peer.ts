import { DEADLINE_MS, within } from "./deadline.ts";

/** A frame as received. */
export interface RawFrame {
  readonly type: string;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Bytes, or text to send as UTF-8. */
export type Content = Uint8Array | string;

/** Encodes a content. */
export function bytesOf(content: Content): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/** Decodes the payload of a frame as text. */
export function textOf({ payload }: { readonly payload: Uint8Array }): string {
  return new TextDecoder().decode(payload);
}

/** Encodes a frame without code of the project. `size` can misstate the size of the payload. */
export function rawFrame(
  type: string,
  payload: Content = "",
  size: bigint = BigInt(bytesOf(payload).length),
): Uint8Array {
  const bytes = bytesOf(payload);
  const frame = new Uint8Array(12 + bytes.length);
  new DataView(frame.buffer).setBigUint64(0, size);
  for (let i = 0; i < 4; i++) frame[8 + i] = type.charCodeAt(i);
  frame.set(bytes, 12);
  return frame;
}

/**
 * One end of a TCP or TLS connection that sends and reads exactly what a test wants, without code
 * of the project. Every wait fails after a deadline; disposal closes the connection.
 */
export class RawPeer implements Disposable {
  readonly conn: Deno.TcpConn | Deno.TlsConn;

  readonly #deadlineMs: number;

  /** Takes ownership of the connection. */
  constructor(conn: Deno.TcpConn | Deno.TlsConn, deadlineMs = DEADLINE_MS) {
    this.conn = conn;
    this.#deadlineMs = deadlineMs;
    if ("setNoDelay" in conn) conn.setNoDelay(true);
  }

  /** Connects to a port of this machine. */
  static async connect(port: number, deadlineMs?: number): Promise<RawPeer> {
    return new RawPeer(await Deno.connect({ hostname: "127.0.0.1", port }), deadlineMs);
  }

  /** Writes all bytes. */
  async send(...contents: Content[]): Promise<void> {
    for (const content of contents) {
      let rest = bytesOf(content);
      while (rest.length > 0) {
        const written = await this.#wait(this.conn.write(rest), "the peer to take bytes");
        rest = rest.subarray(written);
      }
    }
  }

  /** Sends a whole frame in one write. */
  sendFrame(type: string, payload?: Content): Promise<void> {
    return this.send(rawFrame(type, payload));
  }

  /** Reads that many bytes, or fewer if the connection ends first. */
  async readBytes(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(count);
    let length = 0;
    while (length < count) {
      const read = await this.#wait(this.conn.read(bytes.subarray(length)), "bytes of the peer");
      if (read === null) break;
      length += read;
    }
    return bytes.subarray(0, length);
  }

  /** Reads a frame; `null` at the end of the connection. Throws if it ends inside a frame. */
  async readFrame(): Promise<RawFrame | null> {
    const header = await this.readBytes(12);
    if (header.length === 0) return null;
    if (header.length < 12) throw new Error("The connection ended inside a header");
    const size = Number(new DataView(header.buffer).getBigUint64(0));
    const payload = await this.readBytes(size);
    if (payload.length < size) throw new Error("The connection ended inside a payload");
    return { type: String.fromCharCode(...header.subarray(8)), payload };
  }

  /** Reads frames up to and including the first of `type`; throws if the connection ends before. */
  async readUntil(type: string): Promise<RawFrame[]> {
    const frames: RawFrame[] = [];
    for (;;) {
      const frame = await this.readFrame();
      if (frame === null) throw new Error(`The connection ended before a ${type}`);
      frames.push(frame);
      if (frame.type === type) return frames;
    }
  }

  /** Reads the next frame of `type`, and skips all others. */
  async expect(type: string): Promise<RawFrame> {
    return (await this.readUntil(type)).at(-1)!;
  }

  /** Reads frames to the end of the connection. */
  async readToEnd(): Promise<RawFrame[]> {
    const frames: RawFrame[] = [];
    for (let frame = await this.readFrame(); frame !== null; frame = await this.readFrame()) {
      frames.push(frame);
    }
    return frames;
  }

  /** Resolves once the connection has ended, cleanly or not; further input is dropped. */
  async ended(): Promise<void> {
    const sink = new Uint8Array(64 * 1024);
    const read = () => this.conn.read(sink).catch(() => null);
    while (await this.#wait(read(), "the end of the connection") !== null);
  }

  /** Shuts down the sending side only. */
  closeWrite(): Promise<void> {
    return this.conn.closeWrite();
  }

  /** Closes the connection, possibly again. With unread input, the peer gets a reset. */
  close(): void {
    try {
      this.conn.close();
    } catch {
      // Closed before
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #wait<T>(work: Promise<T>, what: string): Promise<T> {
    return within(work, what, () => this.close(), this.#deadlineMs);
  }
}

/** Both ends of a loopback connection. */
export async function connectedPair(): Promise<[Deno.TcpConn, Deno.TcpConn]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  return await Promise.all([listener.accept(), Deno.connect({ hostname: "127.0.0.1", port })]);
}
