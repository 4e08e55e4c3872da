import { DataFinder } from "./data_finder.ts";
import { Prng } from "./prng.ts";
import type { Direction, Flow, ProxyLink, Tap } from "./proxy.ts";

/** A position in the bytes through a proxy. */
export interface Aim {
  readonly direction: Direction;
  /** The number of bytes before it, over all connections. */
  readonly atByte: number;
}

/**
 * Runs `action` once `atByte` bytes have passed in that direction over all connections. Later bytes
 * of that connection wait for it.
 */
export function atByte(
  { direction, atByte }: Aim,
  action: (flow: Flow) => Promise<void> | void,
): Tap {
  let left = atByte;
  let isDone = false;
  return async (chunk, flow, next) => {
    if (isDone || flow.direction !== direction) return await next(chunk);
    if (chunk.length < left) {
      left -= chunk.length;
      return await next(chunk);
    }
    isDone = true;
    if (left > 0) await next(chunk.subarray(0, left));
    await action(flow);
    if (left < chunk.length) await next(chunk.subarray(left));
  };
}

/** Delays every chunk. */
export function delayed(ms: number): Tap {
  return async (chunk, _flow, next) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await next(chunk);
  };
}

/** A line with a long way. */
export interface LongLine {
  /** From one end to the other: half of a round trip. */
  readonly oneWayMs: number;
  /** The share of segments that come later still, as if they had been lost and sent again, … */
  readonly lateShare: number;
  /** … and by how much. */
  readonly lateMs: number;
  /** Makes the choice of late segments repeatable. */
  readonly seed: number;
}

/** Hands bytes on after their way, in order, without a limit to how many are on it. */
export function longLine({ oneWayMs, lateShare, lateMs, seed }: LongLine): Tap {
  const random = new Prng(seed);
  const arrivals = new WeakMap<Flow, number>();
  return (chunk, flow, next) => {
    const extraMs = random.chance(lateShare) ? lateMs : 0;
    const atMs = Math.max(arrivals.get(flow) ?? 0, performance.now() + oneWayMs + extraMs);
    arrivals.set(flow, atMs);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, atMs - performance.now());
    flow.link.ended.then(() => clearTimeout(timer));
    flow.underWay = flow.underWay.then(() => promise).then(() => next(chunk));
    flow.underWay.catch(() => flow.link.cut("reset"));
    return Promise.resolve();
  };
}

/** Limits the bytes per second, in small pieces, for each direction and connection. */
export function throttled(bytesPerSecond: number): Tap {
  const pieceBytes = Math.ceil(bytesPerSecond / 100);
  return async (chunk, _flow, next) => {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      await next(chunk.subarray(at, at + pieceBytes));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
}

/**
 * Flips a bit of file data. Only bytes in data frames count.
 *
 * @param bit from 0 to 7
 */
export function flipped({ direction, atByte }: Aim, bit: number, onFlip: () => void): Tap {
  const finders = new WeakMap<ProxyLink, DataFinder>();
  let left = atByte;
  return async (chunk, flow, next) => {
    if (flow.direction !== direction || left < 0) return await next(chunk);
    const finder = finders.get(flow.link) ?? new DataFinder();
    finders.set(flow.link, finder);
    for (const data of finder.find(chunk)) {
      if (left >= 0 && left < data.length) {
        data[left]! ^= 1 << bit;
        onFlip();
      }
      left -= data.length;
    }
    await next(chunk);
  };
}
