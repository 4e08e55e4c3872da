import { Prng } from "../helpers/prng.ts";
import { AllocationWatch } from "./allocations.ts";
import { feedDecoders } from "./decoders.ts";
import { makeOrderly, type OrderlySession } from "./orderly.ts";
import { type Stream, Streams } from "./streams.ts";
import { Tally } from "./tally.ts";
import { Target } from "./target.ts";
import { LagWatch } from "./turns.ts";
import { feedWeb } from "./web.ts";

/** Frames of a stream, for the decoders and for a connection. */
const STREAM_FRAMES = 100;
const LIVE_FRAMES = 40;
/** Requests of an orderly session: more than a server answers at once. */
const ORDERLY_REQUESTS = 150;
/** One of this number of frames goes over a connection. */
const LIVE_SHARE = 50;
/** Concurrent connections. */
const CONNECTIONS = 8;
/** Limit for the growth of the process's memory during a run. */
const GROWTH_BYTES = 150 * 1024 * 1024;
/** Streams between two memory measurements. */
const ROUND_STREAMS = 200;
/** Inputs of the web page between two memory measurements. */
const WEB_INPUTS = 200;

/**
 * The runtime frees the memory of its zstd decoder for a broken frame only with the next
 * collection, which does not come by itself here, where little else is allocated.
 */
function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

/** Feeds a stream to the decoders and to a server. */
export async function replay(bytes: Uint8Array<ArrayBuffer>, target: Target, tally: Tally) {
  for (const isProtocol2 of [false, true]) {
    await feedDecoders({ bytes, isProtocol2 }, 1_000, tally);
  }
  await target.feed(bytes);
}

/** The outcome of a run, and its memory in bytes. */
export interface FuzzResult {
  readonly tally: Tally;
  readonly liveFrames: number;
  readonly startRss: number;
  readonly peakRss: number;
  readonly endRss: number;
}

/** Feeds about `frames` frames to the decoders, one in fifty to a server. */
export async function fuzz(frames: number, seed: number): Promise<FuzzResult> {
  const tally = new Tally();
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    tally.violate(`Bug: ${event.reason?.stack ?? event.reason}`);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  try {
    await using target = await Target.start(tally);
    using watch = new AllocationWatch(tally);
    return await feedBoth(frames, new Prng(seed), { tally, target, watch });
  } finally {
    globalThis.removeEventListener("unhandledrejection", onRejection);
  }
}

/** What a run works with. */
interface Run {
  readonly tally: Tally;
  readonly target: Target;
  readonly watch: AllocationWatch;
}

async function feedBoth(frames: number, prng: Prng, run: Run): Promise<FuzzResult> {
  const { tally, target, watch } = run;
  const streams = new Streams(prng);
  let startRss = 0;
  let peakRss = 0;
  let liveFrames = 0;
  while (tally.frames < frames && tally.violations.length === 0) {
    for (let i = 0; i < WEB_INPUTS; i++) await feedWeb(prng, tally);
    for (let i = 0; i < ROUND_STREAMS && tally.frames < frames; i++) {
      if (tally.violations.length > 0) break;
      const stream = watch.pause(() => streams.next(STREAM_FRAMES));
      const chunkBytes = 1 + prng.below(20_000);
      await watch.during(
        stream.bytes.length,
        () => feedDecoders(stream, chunkBytes, tally),
      );
    }
    while (liveFrames < tally.frames / LIVE_SHARE) {
      await feedServer(watch.pause(() => makeLive(streams, prng)), run);
      liveFrames += CONNECTIONS * LIVE_FRAMES;
      tally.frames += CONNECTIONS * LIVE_FRAMES;
    }
    collectGarbage();
    if (startRss === 0) startRss = Deno.memoryUsage().rss; // Threads and code are loaded
    peakRss = Math.max(peakRss, Deno.memoryUsage().rss);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await target.check();
  const endRss = Deno.memoryUsage().rss;
  if (endRss - startRss > GROWTH_BYTES) {
    tally.violate(`The process grew by ${endRss - startRss} bytes`);
  }
  return { tally, liveFrames, startRss, peakRss, endRss };
}

/** What the connections of a round send. */
interface Live {
  readonly streams: readonly Stream[];
  readonly orderly: OrderlySession;
}

function makeLive(streams: Streams, prng: Prng): Live {
  return {
    streams: Array.from(
      { length: CONNECTIONS - 1 },
      (_, i) => i === 0 ? streams.next(LIVE_FRAMES) : streams.nextTame(LIVE_FRAMES),
    ),
    orderly: makeOrderly(prng, ORDERLY_REQUESTS),
  };
}

async function feedServer({ streams, orderly }: Live, { tally, target }: Run): Promise<void> {
  const lag = new LagWatch(tally);
  lag.start();
  await Promise.all([
    ...streams.map(({ bytes }) => target.feed(bytes)),
    target.feedOrderly(orderly),
  ]);
  lag.stop();
}
