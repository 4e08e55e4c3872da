import { pause } from "../async/pause.ts";
import { Waker } from "../async/waker.ts";
import type { WantedContent } from "../transfer/contents.ts";
import type { KnownCopies } from "./content_bus.ts";
import { type CopyCount, isToHave } from "./content_rank.ts";
import type { SeenServer } from "./seen_servers.ts";

/** Contents that are looked at in one turn. */
const PAGE = 100;
/** Contents that are fetched at a time. */
const AT_ONCE = 2;
/** How often it looks whether clients have ended. */
const CLIENTS_MS = 100;
/** Time between two looks at all contents. */
const LOOK_MS = 60_000;
/** Contents that wait to be looked at on their own; more are found by the next look at all. */
const MAX_SOON = 10_000;
/** A content that could not be had is tried again so soon, … */
const RETRY_MS = 1_000;
/** … and so often, before the next look at all. Its server may just give it its name. */
const MAX_RETRIES = 5;

/** A copy takes its size twice until it has its place: it is fetched apart from the served files. */
const COPY_SPACE = 2;

/** What a {@link Replicator} uses, and does not own. */
export interface ReplicatorOptions {
  readonly serverId: string;
  readonly copies: CopyCount;
  readonly known: KnownCopies;
  /** Contents of the catalogue behind a SHA-256 in their order. */
  readonly page: (after: string, limit: number) => readonly WantedContent[];
  /** The other servers that are, or were lately, there. */
  readonly seen: () => readonly SeenServer[];
  /** Free bytes of this server; `null` if that is not known. */
  readonly freeBytes: () => Promise<number | null>;
  /** Whether clients wait for the threads. */
  readonly isBusy: () => boolean;
  /** Fetches a content and keeps it. @throws if that fails: it is tried again later */
  readonly keep: (content: WantedContent, signal: AbortSignal) => Promise<void>;
  /** Called when the number of copies that are missing has changed. */
  readonly onMissing: (count: number) => void;
  /** Time between two looks at all contents, in milliseconds. Default: a minute. */
  readonly lookMs?: number;
}

/**
 * Fetches the contents that this server is to have by its rank, a few at a time and after the clients. No server
 * tells another one what to do: all rank alike.
 */
export class Replicator {
  readonly #options: ReplicatorOptions;
  readonly #soon = new Map<string, WantedContent>();
  /** Contents that could not be had, … */
  readonly #later = new Map<string, WantedContent>();
  /** … and how often. */
  readonly #failures = new Map<string, number>();
  readonly #waker = new Waker();
  #missing = 0;
  #keeping = 0;

  /** Does nothing before `run`. */
  constructor(options: ReplicatorOptions) {
    this.#options = options;
  }

  /** Copies that are missing of all contents together, as the last look has found. */
  get missing(): number {
    return this.#missing;
  }

  /** Whether contents are on their way. */
  get isActive(): boolean {
    return this.#keeping > 0;
  }

  /** A content is new: it is looked at soon. */
  add(content: WantedContent): void {
    if (this.#soon.size < MAX_SOON) this.#soon.set(content.sha256, content);
    this.#waker.wake();
  }

  /** Looks at all contents, again and again, until the signal fires. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { lookMs = LOOK_MS } = this.#options;
    let lookedMs = -Infinity;
    while (!signal.aborted) {
      this.#waker.begin();
      if (performance.now() - lookedMs >= lookMs) {
        this.#failures.clear();
        await this.look(signal);
        lookedMs = performance.now();
      } else {
        await this.#lookAtNew(signal);
      }
      if (this.#soon.size > 0) continue;
      const untilLookMs = lookMs - (performance.now() - lookedMs);
      const waitMs = this.#later.size > 0 ? Math.min(RETRY_MS, untilLookMs) : untilLookMs;
      await this.#waker.pause(Math.max(0, waitMs), signal);
      for (const [sha256, content] of this.#later) this.#soon.set(sha256, content);
      this.#later.clear();
    }
  }

  /** Looks at all contents once. Never rejects. */
  async look(signal: AbortSignal): Promise<void> {
    let missing = 0;
    const free = await this.#options.freeBytes();
    for (let after = ""; !signal.aborted;) {
      const page = this.#options.page(after, PAGE);
      const wanted = page.filter((content) => this.#isWanted(content, free));
      await this.#keepAll(wanted, signal);
      missing += page.reduce((sum, content) => sum + this.#missingOf(content), 0);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.sha256;
      await pause(0, signal);
    }
    if (signal.aborted || missing === this.#missing) return;
    this.#missing = missing;
    this.#options.onMissing(missing);
  }

  async #lookAtNew(signal: AbortSignal): Promise<void> {
    const contents = [...this.#soon.values()];
    this.#soon.clear();
    const free = await this.#options.freeBytes();
    await this.#keepAll(contents.filter((content) => this.#isWanted(content, free)), signal);
  }

  #tryLater(content: WantedContent): void {
    const failures = (this.#failures.get(content.sha256) ?? 0) + 1;
    if (failures > MAX_RETRIES || this.#failures.size >= MAX_SOON) return;
    this.#failures.set(content.sha256, failures);
    this.#later.set(content.sha256, content);
  }

  async #keepAll(contents: readonly WantedContent[], signal: AbortSignal): Promise<void> {
    const left = contents.values();
    const keepNext = async () => {
      for (const content of left) {
        while (this.#options.isBusy() && !signal.aborted) await pause(CLIENTS_MS, signal);
        if (signal.aborted) return;
        this.#keeping++;
        await this.#options.keep(content, signal).catch(() => this.#tryLater(content));
        this.#keeping--;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, keepNext));
  }

  /** Whether this server is to have one of the copies that a content lacks. One without room has no rank. */
  #isWanted({ sha256, sizeBytes }: WantedContent, ownFree: number | null): boolean {
    const { serverId, known, seen, copies } = this.#options;
    const own: SeenServer = { server: serverId, freeBytes: ownFree };
    const there = [own, ...seen()];
    const holders = new Set(known.holdersOf(sha256));
    const others = there.filter(({ server }) => !holders.has(server));
    const lacking = copies === "all" ? copies : copies - (there.length - others.length);
    const able = others.filter(({ freeBytes }) =>
      freeBytes === null || freeBytes > COPY_SPACE * sizeBytes
    );
    return isToHave(serverId, sha256, able.map(({ server }) => server), lacking);
  }

  #missingOf({ sha256 }: WantedContent): number {
    const { serverId, known, seen, copies } = this.#options;
    const there = new Set([serverId, ...seen().map(({ server }) => server)]);
    const held = known.holdersOf(sha256).filter((server) => there.has(server)).length;
    const wanted = copies === "all" ? there.size : Math.min(copies, there.size);
    return Math.max(0, wanted - held);
  }
}
