import { concatBytes } from "../../lib/protocol/frames.ts";
import type { Prng } from "./prng.ts";
import { HELLO, makeFrame, makeTame } from "./frames.ts";

/** Frames that streams are put together from, before new ones are made. */
const POOL_FRAMES = 1_000;
const STREAMS_OF_A_POOL = 400;

/** SIZE fields that a header may claim. */
const SIZES = [0n, 1n, 11n, 65_536n, 65_537n, 1_048_577n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n];

/** What a peer sends, and whether it has said HELO. */
export interface Stream {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isProtocol2: boolean;
}

/** Makes streams of frames, valid ones and mutated ones. */
export class Streams {
  readonly #prng: Prng;
  #pool: Uint8Array[] = [];
  #left = 0;

  /** Takes all its chances from `prng`. */
  constructor(prng: Prng) {
    this.#prng = prng;
  }

  /** About so many frames that a server answers, and now and then one that it does not like. */
  nextTame(count: number): Stream {
    const prng = this.#prng;
    const frames = [HELLO];
    while (frames.length < count) {
      const frame = prng.oneIn(100) ? makeFrame(prng) : makeTame(prng);
      frames.push(prng.oneIn(10) ? this.#payloadMutated(frame) : frame);
    }
    const bytes = concatBytes(frames);
    return { bytes: prng.oneIn(5) ? this.#broken(bytes, frames) : bytes, isProtocol2: true };
  }

  /** A stream of about so many frames. */
  next(count: number): Stream {
    const prng = this.#prng;
    if (this.#left-- === 0) {
      this.#pool = Array.from({ length: POOL_FRAMES }, () => makeFrame(prng));
      this.#left = STREAMS_OF_A_POOL;
    }
    const isProtocol2 = !prng.oneIn(5);
    const frames = isProtocol2 ? [HELLO] : [];
    while (frames.length < count) {
      const frame = this.#payloadMutated(prng.pick(this.#pool));
      frames.push(frame);
      if (prng.oneIn(30)) frames.push(frame);
    }
    const bytes = concatBytes(frames);
    return { bytes: prng.oneIn(3) ? this.#broken(bytes, frames) : bytes, isProtocol2 };
  }

  /** Bits of the payload are turned, the header stays right. */
  #payloadMutated(frame: Uint8Array): Uint8Array {
    const prng = this.#prng;
    if (frame.length <= 12 || !prng.oneIn(4)) return frame;
    const copy = frame.slice();
    for (let flips = 1 + prng.below(3); flips > 0; flips--) {
      const place = 12 + prng.below(copy.length - 12);
      copy[place] = copy[place]! ^ (1 << prng.below(8));
    }
    return copy;
  }

  /** Somewhere the order of the frames is lost; mostly late, so that much is read before. */
  #broken(bytes: Uint8Array<ArrayBuffer>, frames: Uint8Array[]): Uint8Array<ArrayBuffer> {
    const prng = this.#prng;
    const place = bytes.length - 1 - prng.below(Math.ceil(bytes.length / 2));
    switch (prng.below(5)) {
      case 0:
        return bytes.slice(0, place);
      case 1:
        bytes[place] = bytes[place]! ^ (1 << prng.below(8));
        return bytes;
      case 2:
        return concatBytes([bytes.subarray(0, place), bytes.subarray(place + 1 + prng.below(20))]);
      case 3:
        return concatBytes([bytes.subarray(0, place), prng.bytes(1 + prng.below(40))]);
      default: {
        const header = frames.at(-1)!.slice();
        new DataView(header.buffer).setBigUint64(0, prng.pick(SIZES));
        return concatBytes([...frames.slice(0, -1), header]);
      }
    }
  }
}
