import { concatBytes, encodeFrame } from "../../lib/protocol/frames.ts";
import type { Prng } from "../helpers/prng.ts";
import { HELLO, makeFrame, makeTame } from "./frames.ts";

/** Size of the pool of frames, which is renewed after a number of streams. */
const POOL_FRAMES = 1_000;
const STREAMS_PER_POOL = 400;

/** Values of a mutated SIZE field. */
const SIZES = [
  0n,
  1n,
  11n,
  65_536n,
  65_537n,
  1_048_576n,
  1_048_577n,
  2n ** 32n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** The bytes of a peer, and whether they begin with HELO. */
export interface Stream {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isProtocol2: boolean;
}

/** Generates streams of valid and mutated frames. */
export class Streams {
  readonly #prng: Prng;
  #pool: Uint8Array[] = [];
  #streamsLeft = 0;

  /** Draws all random choices from `prng`. */
  constructor(prng: Prng) {
    this.#prng = prng;
  }

  /** A stream of about `count` frames that a server answers, with a few invalid ones. */
  nextTame(count: number): Stream {
    const prng = this.#prng;
    const frames = [HELLO];
    while (frames.length < count) {
      const frame = prng.oneIn(100) ? makeFrame(prng) : makeTame(prng);
      frames.push(prng.oneIn(10) ? this.#mutatePayload(frame) : frame);
    }
    const bytes = concatBytes(frames);
    return { bytes: prng.oneIn(5) ? this.#breakFraming(bytes, frames) : bytes, isProtocol2: true };
  }

  /** A stream of about `count` frames. */
  next(count: number): Stream {
    const prng = this.#prng;
    if (this.#streamsLeft-- === 0) {
      this.#pool = Array.from({ length: POOL_FRAMES }, () => makeFrame(prng));
      this.#streamsLeft = STREAMS_PER_POOL;
    }
    const isProtocol2 = !prng.oneIn(5);
    const frames = isProtocol2 ? [HELLO] : [];
    while (frames.length < count) {
      const frame = this.#mutatePayload(prng.pick(this.#pool));
      frames.push(frame);
      if (prng.oneIn(30)) frames.push(frame);
    }
    const bytes = concatBytes(frames);
    return { bytes: prng.oneIn(3) ? this.#breakFraming(bytes, frames) : bytes, isProtocol2 };
  }

  /** Flips bits of the payload, not of the header. */
  #mutatePayload(frame: Uint8Array): Uint8Array {
    const prng = this.#prng;
    if (frame.length <= 12 || !prng.oneIn(4)) return frame;
    const copy = frame.slice();
    for (let flips = 1 + prng.below(3); flips > 0; flips--) {
      const position = 12 + prng.below(copy.length - 12);
      copy[position] = copy[position]! ^ (1 << prng.below(8));
    }
    return copy;
  }

  /** Breaks the framing somewhere in the second half, so that the frames before are read. */
  #breakFraming(bytes: Uint8Array<ArrayBuffer>, frames: Uint8Array[]): Uint8Array<ArrayBuffer> {
    const prng = this.#prng;
    const position = bytes.length - 1 - prng.below(Math.ceil(bytes.length / 2));
    switch (prng.below(5)) {
      case 0:
        return bytes.slice(0, position);
      case 1:
        bytes[position] = bytes[position]! ^ (1 << prng.below(8));
        return bytes;
      case 2:
        return concatBytes([
          bytes.subarray(0, position),
          bytes.subarray(position + 1 + prng.below(20)),
        ]);
      case 3:
        return concatBytes([bytes.subarray(0, position), prng.bytes(1 + prng.below(40))]);
      default: {
        const header = prng.oneIn(2) ? encodeFrame("FZST") : frames.at(-1)!.slice();
        new DataView(header.buffer).setBigUint64(0, prng.pick(SIZES));
        return concatBytes([...frames.slice(0, -1), header]);
      }
    }
  }
}
