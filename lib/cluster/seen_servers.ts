import type { Beat, LiveServers } from "./cluster.ts";

/** A server that was not heard for so long has no place among those that are to have contents. */
const FORGET_MS = 15 * 60_000;

/** A server that is, or was lately, there. */
export interface SeenServer {
  readonly server: string;
  /** `null` if that is not known. */
  readonly freeBytes: number | null;
}

/** What {@link SeenServers} are made of. */
export interface SeenServersOptions {
  readonly beats: LiveServers;
  /** The ids of servers that may come yet: they count from now on. */
  readonly known: readonly string[];
  /** Milliseconds of a clock that never goes back. Default: that of the system. */
  readonly nowMs?: () => number;
  /** How long a server counts that is silent. Default: 15 minutes. */
  readonly forgetMs?: number;
}

/** The other servers of a cluster that were there lately. Disposal ends it. */
export class SeenServers implements Disposable {
  readonly #seen = new Map<string, { readonly freeBytes: number | null; readonly atMs: number }>();
  readonly #nowMs: () => number;
  readonly #forgetMs: number;
  readonly #beat: Disposable;

  /** Hears the heartbeats. */
  constructor(
    { beats, known, nowMs = () => performance.now(), forgetMs = FORGET_MS }: SeenServersOptions,
  ) {
    this.#nowMs = nowMs;
    this.#forgetMs = forgetMs;
    for (const server of known) this.#seen.set(server, { freeBytes: null, atMs: nowMs() });
    this.#beat = beats.onBeat((beat) => this.#hear(beat));
    for (const beat of beats.list()) this.#hear(beat);
  }

  /** In the order of their ids. */
  list(): SeenServer[] {
    const afterMs = this.#nowMs() - this.#forgetMs;
    for (const [server, { atMs }] of this.#seen) {
      if (atMs < afterMs) this.#seen.delete(server);
    }
    return [...this.#seen].map(([server, { freeBytes }]) => ({ server, freeBytes }))
      .sort((a, b) => a.server < b.server ? -1 : 1);
  }

  /** Forgets nothing, and hears nothing more. */
  [Symbol.dispose](): void {
    this.#beat[Symbol.dispose]();
  }

  #hear({ server, freeBytes }: Beat): void {
    this.#seen.set(server, { freeBytes, atMs: this.#nowMs() });
  }
}
