import type { Direction, Ending, Flow, ProxyLink, Tap } from "./proxy.ts";

const HEADER_BYTES = 12;

/** Where a connection is cut: so much of a frame passes. */
export type CutPlace = "before" | "middle" | "after";

/** A frame on its way through a proxy. */
export interface PassingFrame {
  readonly type: string;
  readonly direction: Direction;
}

/** How to cut. */
export interface Cut {
  readonly place: CutPlace;
  readonly how: Ending;
}

/** A tap for a proxy that hands frames on one by one, and cuts the connection at one of them. */
export class FrameCutter {
  /** Asked for each frame whether the connection is to be cut there. */
  decide: (frame: PassingFrame) => Cut | null = () => null;
  readonly #buffers = new WeakMap<ProxyLink, Record<Direction, Uint8Array<ArrayBuffer>>>();

  /** For {@link Proxy.start}. */
  readonly tap: Tap = async (chunk, flow, next) => {
    for (const frame of this.#framesOf(chunk, flow)) {
      const type = String.fromCharCode(...frame.subarray(8, HEADER_BYTES));
      const cut = this.decide({ type, direction: flow.direction });
      const passing = { before: 0, middle: frame.length >> 1, after: frame.length };
      const bytes = frame.subarray(0, passing[cut?.place ?? "after"]);
      if (bytes.length > 0) await next(bytes);
      if (cut !== null) return flow.link.cut(cut.how);
    }
  };

  /** Cuts once, at the first frame of that type and direction from now on. */
  cutOnce(frame: PassingFrame, cut: Cut): void {
    this.decide = ({ type, direction }) => {
      if (type !== frame.type || direction !== frame.direction) return null;
      this.decide = () => null;
      return cut;
    };
  }

  /** The frames that are whole with this chunk. */
  *#framesOf(chunk: Uint8Array, { link, direction }: Flow): Generator<Uint8Array> {
    const empty = () => new Uint8Array(0);
    const buffers = this.#buffers.get(link) ?? { up: empty(), down: empty() };
    this.#buffers.set(link, buffers);
    let rest = new Uint8Array([...buffers[direction], ...chunk]);
    for (let size = sizeOf(rest); size <= rest.length; size = sizeOf(rest)) {
      yield rest.subarray(0, size);
      rest = rest.subarray(size);
    }
    buffers[direction] = rest;
  }
}

/** The size of the first frame; `Infinity` while its header is not whole. */
function sizeOf(bytes: Uint8Array<ArrayBuffer>): number {
  if (bytes.length < HEADER_BYTES) return Infinity;
  return HEADER_BYTES + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
}
