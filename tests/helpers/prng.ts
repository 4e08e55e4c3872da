import { createHash } from "node:crypto";

/** A pseudo-random generator: the same seed gives the same numbers (sfc32). */
export class Prng {
  readonly #state: Uint32Array;

  /** @param seed any text or number */
  constructor(seed: string | number) {
    const digest = createHash("sha256").update(`${seed}`).digest();
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

  /** `true` with the probability 1 / `count`. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** One of the choices, of which there is at least one. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Random bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    const words = new Uint32Array(bytes.buffer, 0, length >> 2);
    for (let i = 0; i < words.length; i++) words[i] = this.#next();
    for (let i = words.length << 2; i < length; i++) bytes[i] = this.#next();
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
