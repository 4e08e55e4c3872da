import { within } from "./deadline.ts";

/** A frame as it came over the wire. */
export interface RawFrame {
  readonly type: string;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Bytes, or text to be sent as UTF-8. */
export type Content = Uint8Array | string;

/** The bytes of some content. */
export function bytesOf(content: Content): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/** The payload of a frame as text. */
export function textOf({ payload }: { readonly payload: Uint8Array }): string {
  return new TextDecoder().decode(payload);
}

/** A frame, written without the project's own code. `size` lies about the size of the payload. */
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
 * One end of a connection, by TCP or TLS, that says and reads just what a test wants, and knows nothing of the
 * project's own code. Every wait fails after some seconds, and disposal closes the connection.
 */
export class RawPeer implements Disposable {
  readonly conn: Deno.TcpConn | Deno.TlsConn;

  /** Takes the connection over. */
  constructor(conn: Deno.TcpConn | Deno.TlsConn) {
    this.conn = conn;
    if ("setNoDelay" in conn) conn.setNoDelay(true);
  }

  /** Connects to a port of this machine. */
  static async connect(port: number): Promise<RawPeer> {
    return new RawPeer(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Writes all the bytes. */
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

  /** Reads exactly so many bytes; fewer, where the connection ends first. */
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

  /** Reads a frame; `null` at the end of the connection. Throws where it ends inside a frame. */
  async readFrame(): Promise<RawFrame | null> {
    const header = await this.readBytes(12);
    if (header.length === 0) return null;
    if (header.length < 12) throw new Error("The connection ended inside a header");
    const size = Number(new DataView(header.buffer).getBigUint64(0));
    const payload = await this.readBytes(size);
    if (payload.length < size) throw new Error("The connection ended inside a payload");
    return { type: String.fromCharCode(...header.subarray(8)), payload };
  }

  /** Reads frames up to and with the first one of `type`; throws if the connection ends before. */
  async readUntil(type: string): Promise<RawFrame[]> {
    const frames: RawFrame[] = [];
    for (;;) {
      const frame = await this.readFrame();
      if (frame === null) throw new Error(`The connection ended before a ${type}`);
      frames.push(frame);
      if (frame.type === type) return frames;
    }
  }

  /** Reads the next frame of `type`, passing over all others. */
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

  /** Resolves when the connection has ended, cleanly or not; what comes before is dropped. */
  async ended(): Promise<void> {
    const sink = new Uint8Array(64 * 1024);
    const read = () => this.conn.read(sink).catch(() => null);
    while (await this.#wait(read(), "the end of the connection") !== null);
  }

  /** Shuts down the sending side only. */
  closeWrite(): Promise<void> {
    return this.conn.closeWrite();
  }

  /** Closes, also when it is closed already. With unread data waiting, the peer gets a reset. */
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
    return within(work, what, () => this.close());
  }
}

/** Two ends of one connection through this machine's loopback. */
export async function connectedPair(): Promise<[Deno.TcpConn, Deno.TcpConn]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  return await Promise.all([listener.accept(), Deno.connect({ hostname: "127.0.0.1", port })]);
}
