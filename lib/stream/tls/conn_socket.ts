import { clearImmediate, setImmediate } from "node:timers";
import { closeSocket, type Socket } from "../socket.ts";
import { isTruncation } from "./errors.ts";

/** The most that one record of TLS carries, and so one read of the runtime's (RFC 8446, 5.1). */
const RECORD_BYTES = 16 * 1024;

/**
 * A TLS connection of the runtime, to be used like a TCP socket.
 *
 * The runtime reads one record at a time. A read with room for several gathers what is there, since
 * whatever comes after a read costs more than the read. For that, one record may be read ahead of
 * the caller. A peer that leaves without the farewell of TLS has ended its stream like any other.
 */
export class TlsConnSocket implements Socket {
  readonly #conn: Deno.TlsConn;
  /** The read that is under way, and what it came to. */
  #reading: Promise<void> | null = null;
  #count: number | null = 0;
  #failure: { error: unknown } | null = null;
  /** Wakes whoever waits for a read to end. */
  #onRead: () => void = () => {};
  /** Bytes that were read and not yet taken. */
  #record: Uint8Array<ArrayBuffer> | null = null;
  #rest: Uint8Array = new Uint8Array(0);

  /** Takes the connection over, whose handshake is done. */
  constructor(conn: Deno.TlsConn) {
    this.#conn = conn;
  }

  /** The address of the peer. */
  get remoteAddr(): Deno.Addr {
    return this.#conn.remoteAddr;
  }

  /** Fills part of `into`; resolves to the bytes read, or `null` at the end. One at a time. */
  async read(into: Uint8Array): Promise<number | null> {
    if (this.#reading !== null) await this.#reading;
    if (this.#failure !== null) throw this.#failure.error;
    let length = this.#copyOut(into, 0);
    if (length === 0) {
      const count = await this.#readInto(into);
      if (count === null) return null;
      length = count;
    }
    return into.length < 2 * RECORD_BYTES ? length : await this.#gather(into, length);
  }

  /** Writes some of `bytes`; resolves to how many. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  /** Says farewell and ends the sending side. */
  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  /** Closes at once, also when it is closed already; what is under way rejects. */
  close(): void {
    closeSocket(this.#conn);
  }

  /** Adds the records that are there in this turn of the event loop, as long as one fits. */
  async #gather(into: Uint8Array, length: number): Promise<number> {
    let isOver = false;
    const turn = setImmediate(() => {
      isOver = true;
      this.#onRead();
    });
    while (!isOver && into.length - length >= RECORD_BYTES) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onRead = resolve;
      this.#readAhead();
      await promise;
      if (this.#reading !== null || this.#rest.length === 0) break;
      length += this.#copyOut(into, length);
    }
    clearImmediate(turn);
    return length;
  }

  /** Begins to read a record. Its end, or the failure to read it, is for the next `read`. */
  #readAhead(): void {
    const record = this.#record ??= new Uint8Array(RECORD_BYTES);
    this.#reading = this.#readInto(record).then((count) => {
      this.#count = count;
      this.#rest = record.subarray(0, count ?? 0);
    }, (error) => {
      this.#failure = { error };
    }).then(() => {
      this.#reading = null;
      this.#onRead();
    });
  }

  #copyOut(into: Uint8Array, offset: number): number {
    const count = Math.min(this.#rest.length, into.length - offset);
    if (count === 0) return 0;
    into.set(this.#rest.subarray(0, count), offset);
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  async #readInto(into: Uint8Array): Promise<number | null> {
    if (this.#count === null) return null;
    try {
      return await this.#conn.read(into);
    } catch (error) {
      if (isTruncation(error)) return null;
      throw error;
    }
  }
}
