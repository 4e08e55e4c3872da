import { createHash } from "node:crypto";

/** A pseudo-random generator: the same seed gives the same numbers (sfc32). */
export class Prng {
  readonly #state: Uint32Array;

  /** @param seed any text */
  constructor(seed: string) {
    const digest = createHash("sha256").update(seed).digest();
    this.#state = new Uint32Array(4);
    for (let i = 0; i < 4; i++) this.#state[i] = digest.readUInt32LE(4 * i);
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.#next() / 2 ** 32 * limit);
  }

  /** An integer from `min` to `max`. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** `true` with the probability `share`. */
  chance(share: number): boolean {
    return this.#next() / 2 ** 32 < share;
  }

  /** One of the choices. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Fills a buffer with random bytes. */
  fill(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const words = new Uint32Array(bytes.buffer, 0, bytes.length >> 2);
    for (let i = 0; i < words.length; i++) words[i] = this.#next();
    for (let i = words.length << 2; i < bytes.length; i++) bytes[i] = this.#next();
    return bytes;
  }

  #next(): number {
    const s = this.#state;
    const result = (s[0]! + s[1]! + s[3]!) >>> 0;
    s[3]!++;
    s[0] = s[1]! ^ (s[1]! >>> 9);
    s[1] = s[2]! + (s[2]! << 3);
    s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + result;
    return result;
  }
}
