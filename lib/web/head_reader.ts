import { concatBytes } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { ByteReader } from "../stream/frames/byte_stream.ts";
import { HttpFailure } from "./http_failure.ts";
import { HTTP_TEXTS } from "./http_texts.ts";
import { parseRequestHead, type RequestHead } from "./request_head.ts";

const READ_BYTES = 4_096;
const NO_BYTES = new Uint8Array();
const CR = 0x0d;
const LF = 0x0a;

/** Reads the heads of the requests of a connection, one after the other. */
export class HeadReader {
  readonly #source: ByteReader;
  #bytes: Uint8Array<ArrayBuffer>;
  /** Where the wait for the rest of a head, or for a first byte, began. */
  #waitingSinceMs: number | null = null;
  /** Whether a byte has come in that wait, be it of an empty line. */
  #hasBegun = false;
  /** The read under way. */
  #receiving: Promise<boolean> | null = null;

  /** @param first what was read from the source already */
  constructor(source: ByteReader, first: Uint8Array<ArrayBuffer>) {
    this.#source = source;
    this.#bytes = first;
  }

  /**
   * Reads the next head; `null` if the peer has ended before its first byte.
   *
   * @throws {HttpFailure} for a head that is malformed, cut off or too long
   * @throws errors of the source
   */
  async read(): Promise<RequestHead | null> {
    this.#waitingSinceMs = performance.now();
    this.#hasBegun = this.#bytes.length > 0;
    let searched = 0;
    let mayBeEmpty = true;
    for (;;) {
      mayBeEmpty &&= !this.#skipEmptyLine();
      const end = endOfHead(this.#bytes, searched);
      if (end !== -1) return this.#take(end);
      searched = Math.max(0, this.#bytes.length - 3);
      if (this.#bytes.length >= LIMITS.httpHeadBytes) throw tooLong();
      if (!await this.#more()) return null;
    }
  }

  /**
   * Whether the peer ends before it sends anything more; for the time between a head and the next.
   *
   * @throws errors of the source
   */
  async endsNext(): Promise<boolean> {
    return this.#bytes.length === 0 && !await this.#receive();
  }

  /** What was read behind the last head. */
  takeRest(): Uint8Array<ArrayBuffer> {
    const rest = this.#bytes;
    this.#bytes = NO_BYTES;
    return rest;
  }

  /**
   * Whether the peer takes longer for a head than the limits allow.
   *
   * @param nowMs a reading of `performance.now()`
   */
  isOverdue(nowMs: number): boolean {
    if (this.#waitingSinceMs === null) return false;
    const limitMs = this.#hasBegun ? LIMITS.httpHeadMs : LIMITS.httpIdleMs;
    return nowMs - this.#waitingSinceMs > limitMs;
  }

  /** Since when no byte of the next head has come; `null` if one has, or none is waited for. */
  get idleSinceMs(): number | null {
    return this.#bytes.length === 0 ? this.#waitingSinceMs : null;
  }

  /** Some peers send an empty line after a request (RFC 9112, section 2.2). */
  #skipEmptyLine(): boolean {
    const isEmpty = this.#bytes[0] === CR && this.#bytes[1] === LF;
    if (isEmpty) this.#bytes = this.#bytes.subarray(2);
    return isEmpty;
  }

  /** Reads on; `false` at the end of the input. */
  async #more(): Promise<boolean> {
    const wasEmpty = this.#bytes.length === 0;
    const isMore = await this.#receive();
    if (!isMore && wasEmpty) return false;
    if (!isMore) throw new HttpFailure(400, HTTP_TEXTS.cutOff);
    if (!this.#hasBegun) this.#waitingSinceMs = performance.now();
    this.#hasBegun = true;
    return true;
  }

  /** Reads once, for all that wait for it; `false` at the end of the input. */
  #receive(): Promise<boolean> {
    return this.#receiving ??= this.#receiveOnce().finally(() => this.#receiving = null);
  }

  async #receiveOnce(): Promise<boolean> {
    const buffer = new Uint8Array(READ_BYTES);
    const count = await this.#source.read(buffer);
    if (count === null) return false;
    const received = buffer.subarray(0, count);
    this.#bytes = this.#bytes.length === 0 ? received : concatBytes([this.#bytes, received]);
    return true;
  }

  #take(end: number): RequestHead {
    this.#waitingSinceMs = null;
    if (end > LIMITS.httpHeadBytes) throw tooLong();
    const text = latin1(this.#bytes.subarray(0, end));
    this.#bytes = this.#bytes.subarray(end + 4);
    return parseRequestHead(text);
  }
}

/** Where the empty line begins that ends a head, at its CRLF before; -1 if it is missing. */
function endOfHead(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(CR, from); at !== -1; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) return at;
  }
  return -1;
}

/** One character for each byte. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function tooLong(): HttpFailure {
  return new HttpFailure(431, HTTP_TEXTS.longHead);
}
