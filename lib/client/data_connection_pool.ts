import type { Connection } from "./connection.ts";
import { leave } from "./leave.ts";
import { lost } from "./lost.ts";

/** The largest number of pending requests of one connection … */
const REQUESTS_AHEAD = 32;
/** … and of their bytes: a large file has a connection to itself, … */
const BYTES_AHEAD = 1024 * 1024;
/** … unless the way is long: then so many more bytes are on it, for each millisecond of a round trip, … */
const BYTES_AHEAD_PER_MS = 128 * 1024;
/** … up to these. Those of an upload are in memory. */
const MOST_BYTES_AHEAD = 8 * 1024 * 1024;

/** A connection, and its pending requests. */
interface Slot {
  readonly connection: Promise<Connection>;
  /** The connection, once it is established. */
  established: Connection | null;
  requests: number;
  bytes: number;
}

/** A caller that waits for a connection. */
interface Waiter {
  readonly bytes: number;
  readonly resolve: (slot: Slot) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The data connections of a client, which move its files. They are opened on demand, up to a limit;
 * small files share a connection before another one is opened.
 */
export class DataConnectionPool {
  readonly #connect: () => Promise<Connection>;
  readonly #limit: number;
  /** The largest number of bytes of the pending requests of one connection. */
  readonly #bytesAhead: () => number;
  #slots: Slot[] = [];
  #waiting: Waiter[] = [];
  #isClosed = false;

  /**
   * @param connect establishes a connection
   * @param limit the largest number of connections
   * @param tripMs how long a round trip takes, in milliseconds. Default: no time
   */
  constructor(connect: () => Promise<Connection>, limit: number, tripMs: () => number = () => 0) {
    this.#connect = connect;
    this.#limit = limit;
    this.#bytesAhead = () => bytesAhead(tripMs());
  }

  /**
   * Runs `work` with a connection that has room for it. First come, first served.
   *
   * @param bytes the size of the file, as far as it is known
   * @throws what `work` and `connect` throw; a `ConnectionError` `lost` after `close`
   */
  async use<T>(bytes: number, work: (connection: Connection) => Promise<T>): Promise<T> {
    const slot = await this.#acquire(bytes);
    try {
      return await work(await slot.connection);
    } finally {
      slot.requests--;
      slot.bytes -= bytes;
      this.#serveWaiting();
    }
  }

  /** Sends QUIT over each connection, and waits for their ends. */
  async quit(): Promise<void> {
    const connections = this.#slots.map(({ connection }) =>
      connection.then((established) => leave(established), () => null)
    );
    await Promise.all(connections);
  }

  /** Closes every connection. Waiting and later callers reject. */
  close(): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(lost());
    for (const { connection } of this.#slots.splice(0)) {
      connection.then((established) => established.close(), () => {}); // What failed to connect needs no close
    }
  }

  #acquire(bytes: number): Promise<Slot> {
    if (this.#isClosed) return Promise.reject(lost());
    const slot = this.#waiting.length > 0 ? null : this.#reserve(bytes);
    if (slot !== null) return Promise.resolve(slot);
    const { promise, resolve, reject } = Promise.withResolvers<Slot>();
    this.#waiting.push({ bytes, resolve, reject });
    return promise;
  }

  #serveWaiting(): void {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const slot = this.#reserve(first.bytes);
      if (slot === null) return;
      this.#waiting.shift();
      first.resolve(slot);
    }
  }

  /** Reserves a connection with room; `null` when all are busy. */
  #reserve(bytes: number): Slot | null {
    this.#slots = this.#slots.filter(({ established }) => !established?.isClosed);
    const find = (most: number) => this.#slots.find((slot) => hasRoom(slot, bytes, most));
    // On a slow connection, a large file would wait behind another one
    const free = find(BYTES_AHEAD) ??
      (this.#slots.length < this.#limit ? this.#add() : find(this.#bytesAhead()) ?? null);
    if (free === null) return null;
    free.requests++;
    free.bytes += bytes;
    return free;
  }

  #add(): Slot {
    const slot: Slot = { connection: this.#connect(), established: null, requests: 0, bytes: 0 };
    this.#slots.push(slot);
    const remove = () => this.#remove(slot);
    slot.connection.then((connection) => {
      slot.established = connection;
      connection.closed.then(remove);
    }, remove);
    return slot;
  }

  #remove(slot: Slot): void {
    this.#slots = this.#slots.filter((other) => other !== slot);
    this.#serveWaiting();
  }
}

function hasRoom({ requests, bytes }: Slot, more: number, most: number): boolean {
  return requests === 0 || (requests < REQUESTS_AHEAD && bytes + more <= most);
}

/** On a short way, waiting costs little, and the connections end together. */
function bytesAhead(tripMs: number): number {
  const needed = Math.floor(tripMs) * BYTES_AHEAD_PER_MS;
  return Math.max(BYTES_AHEAD, Math.min(needed, MOST_BYTES_AHEAD));
}
