import { clearImmediate, setImmediate } from "node:timers";
import { closeSocket, type Socket } from "../socket.ts";
import { isTruncation } from "./errors.ts";

/** The size limit of a TLS record (RFC 8446, section 5.1), and so of a read by the runtime. */
const RECORD_BYTES = 16 * 1024;

/**
 * A TLS connection of the runtime as a {@link Socket}.
 *
 * The runtime reads one record at a time. A read with room for several gathers the records that
 * have arrived, since handling a read costs more than the read; for that, it may read one record
 * ahead of the caller. A peer that closes without close_notify ends its stream as it would without
 * TLS.
 */
export class TlsConnSocket implements Socket {
  readonly #conn: Deno.TlsConn;
  /** The read under way, and the outcome of the last. */
  #reading: Promise<void> | null = null;
  #count: number | null = 0;
  #failure: { error: unknown } | null = null;
  /** Wakes `#gather` when a read ends. */
  #onRead: () => void = () => {};
  /** The buffer for reading ahead, and its bytes that no read has returned yet. */
  #record: Uint8Array<ArrayBuffer> | null = null;
  #rest: Uint8Array = new Uint8Array(0);

  /** Takes ownership of a connection whose handshake is done. */
  constructor(conn: Deno.TlsConn, readonly serverEndPoint?: Uint8Array | null) {
    this.#conn = conn;
  }

  /** The address of the peer. */
  get remoteAddr(): Deno.Addr {
    return this.#conn.remoteAddr;
  }

  /**
   * Fills part of `into`; resolves to the number of bytes read, or `null` at the end. One call at a
   * time.
   */
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

  /** Writes some of `bytes`; resolves to their number. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  /** Sends close_notify and ends the sending side. */
  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  /** Closes at once; pending reads and writes reject. Repeated calls do nothing. */
  close(): void {
    closeSocket(this.#conn);
  }

  /**
   * Adds the records that arrive in this turn of the event loop, as long as a whole record fits.
   */
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

  /** Starts to read a record. Its end, or its failure, is for the next `read`. */
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
