import { type Connection, lost } from "./connection.ts";

/** Requests that may be under way on one connection at once … */
const REQUESTS_AHEAD = 32;
/** … as long as they are small: one large file keeps a connection busy alone. */
const BYTES_AHEAD = 1024 * 1024;

/** A connection and what is under way on it. */
interface Slot {
  readonly connection: Promise<Connection>;
  /** The same, once it is open. */
  open: Connection | null;
  requests: number;
  bytes: number;
}

/** Somebody who waits for a connection. */
interface Waiter {
  readonly bytes: number;
  readonly resolve: (slot: Slot) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The data connections of a client, which move its files. They are opened when they are needed, up
 * to a limit; small files follow each other closely on one, before another is opened.
 */
export class DataConnectionPool {
  readonly #open: () => Promise<Connection>;
  readonly #limit: number;
  #slots: Slot[] = [];
  #waiting: Waiter[] = [];
  #isClosed = false;

  /**
   * @param open makes a connection
   * @param limit how many there may be
   */
  constructor(open: () => Promise<Connection>, limit: number) {
    this.#open = open;
    this.#limit = limit;
  }

  /**
   * Runs `work` with a connection that has room for it. First come, first served.
   *
   * @param bytes how much it is going to move, as far as that is known
   * @throws what `work` and opening throw; a `ConnectionError` `lost` after `close`
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

  /** Takes leave everywhere. */
  async quit(): Promise<void> {
    const connections = this.#slots.map(({ connection }) =>
      connection.then((open) => open.quit(), () => null)
    );
    await Promise.all(connections);
  }

  /** Hangs up everywhere. From now on nothing is opened, and who waits for a connection gets none. */
  close(): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(lost());
    for (const { connection } of this.#slots.splice(0)) {
      connection.then((open) => open.close(), () => {}); // What cannot be opened need not be closed
    }
  }

  #acquire(bytes: number): Promise<Slot> {
    if (this.#isClosed) return Promise.reject(lost());
    const slot = this.#waiting.length > 0 ? null : this.#find(bytes);
    if (slot !== null) return Promise.resolve(slot);
    const { promise, resolve, reject } = Promise.withResolvers<Slot>();
    this.#waiting.push({ bytes, resolve, reject });
    return promise;
  }

  #serveWaiting(): void {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const slot = this.#find(first.bytes);
      if (slot === null) return;
      this.#waiting.shift();
      first.resolve(slot);
    }
  }

  /** A connection with room, which is taken then; `null` when all are busy. */
  #find(bytes: number): Slot | null {
    this.#slots = this.#slots.filter(({ open }) => open === null || !open.isClosed);
    const free = this.#slots.find((slot) => hasRoom(slot, bytes)) ??
      (this.#slots.length < this.#limit ? this.#add() : null);
    if (free === null) return null;
    free.requests++;
    free.bytes += bytes;
    return free;
  }

  #add(): Slot {
    const slot: Slot = { connection: this.#open(), open: null, requests: 0, bytes: 0 };
    this.#slots.push(slot);
    const remove = () => this.#remove(slot);
    slot.connection.then((connection) => {
      slot.open = connection;
      connection.closed.then(remove);
    }, remove);
    return slot;
  }

  #remove(slot: Slot): void {
    this.#slots = this.#slots.filter((other) => other !== slot);
    this.#serveWaiting();
  }
}

function hasRoom({ requests, bytes }: Slot, more: number): boolean {
  return requests === 0 || (requests < REQUESTS_AHEAD && bytes + more <= BYTES_AHEAD);
}
