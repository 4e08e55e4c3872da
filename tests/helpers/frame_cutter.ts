import { FrameSplitter, typeOf } from "./frame_splitter.ts";
import type { Direction, Ending, Flow, ProxyLink, Tap } from "./proxy.ts";

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
  readonly #splitters = new WeakMap<ProxyLink, Record<Direction, FrameSplitter>>();

  /** For {@link Proxy.start}. */
  readonly tap: Tap = async (chunk, flow, next) => {
    for (const frame of this.#splitterOf(flow).add(chunk)) {
      const cut = this.decide({ type: typeOf(frame), direction: flow.direction });
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

  /** That of one direction of a connection. */
  #splitterOf({ link, direction }: Flow): FrameSplitter {
    const splitters = this.#splitters.get(link) ??
      { up: new FrameSplitter(), down: new FrameSplitter() };
    this.#splitters.set(link, splitters);
    return splitters[direction];
  }
}
