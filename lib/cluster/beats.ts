import { Listeners } from "../async/listeners.ts";
import { pause } from "../async/pause.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { decodeMessage, encodeMessage } from "./bus_request.ts";
import { type Beat, type LiveServers, requestSubject, subjectOf } from "./cluster.ts";
import type { ClusterLog } from "./cluster_log.ts";
import { type Bus, BusError, type Engine } from "./engine.ts";
import { decodeChecks } from "./file_checks.ts";
import { decodeIncarnation, serverOf } from "./incarnation.ts";
import { decodeServerAddress } from "./server_entries.ts";

/** A server that is silent for so long is asked whether it is there. */
const QUIET_MS = 1_500;
/** How long it has for its answer. */
const PING_MS = 500;
/** So many times nobody listens until it is taken for gone. */
const NOBODY_TIMES = 2;
/** The servers but the first one declare another gone so much later. */
const NEXT_MS = 1_000;
/** A heartbeat that is so late says that this server was frozen itself. */
const FROZEN_MS = 2_500;
/** How long after that it has frames to read that are from before. */
const THAWING_MS = 10_000;

const EMPTY = new Uint8Array();

/** What {@link Beats} are made of. */
export interface BeatsOptions {
  readonly name: string;
  readonly engine: Pick<Engine, "bus" | "state" | "onState">;
  readonly log: Pick<ClusterLog, "incarnation" | "append" | "on">;
}

/** What {@link Beats} begin with. */
export interface BeatsStart {
  /** What this server tells of itself. */
  readonly own: () => Beat;
  /** Incarnations of other servers that were there at the start and have not been heard yet. */
  readonly known: readonly string[];
}

/** Another server, as far as it was heard. */
interface Heard {
  /** `null` before its first heartbeat. */
  beat: Beat | null;
  heardMs: number;
  /** How far its clock was from that of this server at its last heartbeat. */
  skewMs: number;
  /** How often nobody has listened to the question whether it is there. */
  nobodyCount: number;
  /** When it was found silent for too long. */
  silentMs: number | null;
}

/**
 * The heartbeats of all servers: sends those of this one, and declares gone what is silent for too long.
 * Disposal ends it.
 */
export class Beats implements LiveServers, Disposable {
  readonly #options: BeatsOptions;
  readonly #bus: Bus;
  readonly #heard = new Map<string, Heard>();
  readonly #changeListeners = new Listeners();
  readonly #beatListeners = new Listeners<[Beat]>();
  readonly #parts = new DisposableStack();
  readonly #gone = new Set<string>();
  readonly #ending = new AbortController();
  #ping: Disposable | null = null;
  #pingOf = "";
  #tickedMs = performance.now();
  #thawedMs = -Infinity;
  #own: () => Beat = () => {
    throw new Error("Cannot tell a heartbeat before the start");
  };

  /** Hears and tells nothing before {@link start}. */
  constructor(options: BeatsOptions) {
    this.#options = options;
    this.#bus = options.engine.bus;
  }

  /** Begins. */
  start({ own, known }: BeatsStart): void {
    const { engine, log } = this.#options;
    this.#own = own;
    for (const incarnation of known) this.#heard.set(incarnation, newlyHeard(null));
    this.#parts.use(
      this.#bus.subscribe(subjectOf(this.#options, "beat"), ({ payload }) => this.#hear(payload)),
    );
    this.#parts.use(log.on("gone", ({ entry }) => this.#forget(entry.incarnation)));
    this.#parts.use(engine.onState(() => this.#forgive()));
    const timer = setInterval(() => this.#tick(), CLUSTER_LIMITS.beatMs);
    this.#parts.defer(() => clearInterval(timer));
    this.#parts.defer(() => this.#ending.abort());
    this.#parts.defer(() => this.#ping?.[Symbol.dispose]());
    this.#tick();
  }

  list(): readonly Beat[] {
    const beats = [...this.#heard.values()].flatMap(({ beat }) => beat === null ? [] : [beat]);
    return beats.toSorted((a, b) => a.server < b.server ? -1 : 1);
  }

  /** How far the clock of another server is from that of this one, at the most, in milliseconds. */
  get clockSkewMs(): number {
    return Math.max(0, ...this.#heard.values().map(({ skewMs }) => skewMs));
  }

  get isThawing(): boolean {
    const nowMs = performance.now();
    return nowMs - this.#tickedMs > FROZEN_MS || nowMs - this.#thawedMs < THAWING_MS;
  }

  onChange(listener: () => void): Disposable {
    return this.#changeListeners.add(listener);
  }

  onBeat(listener: (beat: Beat) => void): Disposable {
    return this.#beatListeners.add(listener);
  }

  [Symbol.dispose](): void {
    this.#parts[Symbol.dispose]();
  }

  #tick(): void {
    const nowMs = performance.now();
    if (nowMs - this.#tickedMs > FROZEN_MS) {
      this.#thawedMs = nowMs;
      this.#forgive();
    }
    this.#tickedMs = nowMs;
    this.#answerPings();
    this.#bus.publish(subjectOf(this.#options, "beat"), encodeMessage({ ...this.#own() }));
    if (this.#options.engine.state === "lost") return;
    for (const [incarnation, heard] of this.#heard) this.#judge(incarnation, heard, nowMs);
  }

  /** This server was frozen or cut off: it cannot know who was silent. */
  #forgive(): void {
    const nowMs = performance.now();
    for (const heard of this.#heard.values()) {
      heard.heardMs = nowMs;
      heard.nobodyCount = 0;
      heard.silentMs = null;
    }
  }

  /** Listens under the present incarnation. */
  #answerPings(): void {
    const { incarnation } = this.#options.log;
    if (incarnation === this.#pingOf) return;
    this.#ping?.[Symbol.dispose]();
    this.#pingOf = incarnation;
    const subject = requestSubject(this.#options, incarnation, "ping");
    this.#ping = this.#bus.subscribe(subject, (message) => message.respond(EMPTY));
  }

  #judge(incarnation: string, heard: Heard, nowMs: number): void {
    const silenceMs = nowMs - heard.heardMs;
    if (silenceMs < QUIET_MS) return;
    const isSilent = silenceMs >= CLUSTER_LIMITS.silenceMs || heard.nobodyCount >= NOBODY_TIMES;
    if (!isSilent) return void this.#ask(incarnation, heard);
    heard.silentMs ??= nowMs;
    if (this.#isFirst() || nowMs - heard.silentMs >= NEXT_MS) this.#declareGone(incarnation);
  }

  async #ask(incarnation: string, heard: Heard): Promise<void> {
    const subject = requestSubject(this.#options, incarnation, "ping");
    for (let time = 0; time < NOBODY_TIMES && heard.nobodyCount < NOBODY_TIMES; time++) {
      try {
        await this.#bus.request(subject, EMPTY, PING_MS);
        heard.heardMs = performance.now();
        heard.nobodyCount = 0;
        return;
      } catch (error) {
        if (!(error instanceof BusError) || error.code !== "nobody") return;
        heard.nobodyCount++;
        await pause(PING_MS, this.#ending.signal);
        if (this.#ending.signal.aborted) return;
      }
    }
  }

  /** Whether this server has the smallest id of those that are alive. */
  #isFirst(): boolean {
    const own = serverOf(this.#options.log.incarnation);
    const nowMs = performance.now();
    return [...this.#heard].every(([incarnation, { heardMs }]) =>
      nowMs - heardMs >= QUIET_MS || serverOf(incarnation) >= own
    );
  }

  #declareGone(incarnation: string): void {
    const heard = this.#heard.get(incarnation);
    if (heard !== undefined) heard.silentMs = performance.now() + NEXT_MS; // Not at every tick
    this.#options.log.append({ kind: "gone", incarnation }).catch(() => {}); // Another did it, or later
  }

  #hear(payload: Uint8Array): void {
    const beat = decodeBeat(payload);
    if (beat === null || this.#gone.has(beat.incarnation)) return;
    if (beat.incarnation === this.#options.log.incarnation) return;
    const before = this.#heard.get(beat.incarnation)?.beat ?? null;
    this.#heard.set(beat.incarnation, newlyHeard(beat));
    this.#beatListeners.tell(beat);
    if (before === null || !isSameForClients(before, beat)) this.#changeListeners.tell();
  }

  #forget(incarnation: string): void {
    this.#gone.add(incarnation);
    if (this.#heard.delete(incarnation)) this.#changeListeners.tell();
  }
}

function newlyHeard(beat: Beat | null): Heard {
  const skewMs = Math.abs(Date.now() - (beat?.time ?? Date.now()));
  return { beat, heardMs: performance.now(), skewMs, nobodyCount: 0, silentMs: null };
}

function isSameForClients(a: Beat, b: Beat): boolean {
  if ((a.stop === null) !== (b.stop === null)) return false;
  return a.host === b.host && a.port === b.port && a.fingerprint === b.fingerprint;
}

/** `null` for what no server sends. */
function decodeBeat(payload: Uint8Array): Beat | null {
  try {
    const fields = decodeMessage(payload);
    return {
      incarnation: decodeIncarnation(fields, "incarnation"),
      ...decodeServerAddress(fields),
      applied: fields.integer("applied"),
      chain: fields.text("chain"),
      clients: fields.integer("clients"),
      freeBytes: fields.optionalInteger("freeBytes") ?? null,
      checks: decodeChecks(fields),
      time: fields.optionalInteger("time") ?? null,
      stop: fields.optionalText("stop") ?? null,
    };
  } catch {
    return null;
  }
}
