/** A buffer for each read. */
const READ_BYTES = 256 * 1024;
/** Pieces that fill less of their buffer are copied out of it: many may be on their way. */
const COPIED_BYTES = 64 * 1024;
/** What may be on its way in one direction: 75 ms at 1.7 GB/s. */
const LIMIT_BYTES = 128 * 1024 * 1024;

/** One direction of a connection. */
export interface Way {
  /** How long each byte is on its way. */
  readonly delayMs: number;
  /** Before it, a reading of `performance.now()`, nothing sets out. */
  readonly openMs: number;
}

/** The ends of a way, as `Deno.Conn` has them. */
type Source = Pick<Deno.Conn, "read">;
type Drain = Pick<Deno.Conn, "write" | "closeWrite">;

/** A piece on its way; `null` is the end of the direction. */
interface Piece {
  readonly bytes: Uint8Array | null;
  readonly dueMs: number;
}

/**
 * Carries the bytes of one direction, in order, and then its end, each after the delay. What is on its
 * way is bounded: beyond that, nothing is read.
 *
 * @param to may be connected later
 * @throws what a read or a write throws
 */
export async function carry(from: Source, to: Promise<Drain>, way: Way): Promise<void> {
  const line = new DelayLine(way);
  await Promise.all([line.fill(from), line.drain(to)]);
}

class DelayLine {
  readonly #way: Way;
  #pieces: Piece[] = [];
  #bytes = 0;
  #hasFailed = false;
  /** Wakes the side that waits: for a piece, or for room. */
  #wake: () => void = () => {};

  constructor(way: Way) {
    this.#way = way;
  }

  /** Reads to the end. */
  async fill(from: Source): Promise<void> {
    try {
      for (;;) {
        while (this.#bytes >= LIMIT_BYTES && !this.#hasFailed) await this.#change();
        const buffer = new Uint8Array(READ_BYTES);
        const count = await from.read(buffer);
        if (this.#hasFailed) return;
        this.#push(count === null ? null : trim(buffer, count));
        if (count === null) return;
      }
    } catch (error) {
      this.#push(null);
      throw error;
    }
  }

  /** Writes each piece when it is due. */
  async drain(target: Promise<Drain>): Promise<void> {
    try {
      const to = await target;
      for (;;) {
        const piece = this.#pieces.shift();
        if (piece === undefined) {
          await this.#change();
          continue;
        }
        await until(piece.dueMs);
        if (piece.bytes === null) return await to.closeWrite();
        for (let at = 0; at < piece.bytes.length;) at += await to.write(piece.bytes.subarray(at));
        this.#bytes -= piece.bytes.length;
        this.#wake();
      }
    } catch (error) {
      this.#hasFailed = true;
      this.#wake();
      throw error;
    }
  }

  #push(bytes: Uint8Array | null): void {
    const dueMs = Math.max(performance.now(), this.#way.openMs) + this.#way.delayMs;
    this.#pieces.push({ bytes, dueMs });
    this.#bytes += bytes?.length ?? 0;
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }
}

function trim(buffer: Uint8Array, count: number): Uint8Array {
  return count < COPIED_BYTES ? buffer.slice(0, count) : buffer.subarray(0, count);
}

async function until(atMs: number): Promise<void> {
  const waitMs = atMs - performance.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}
