import type { RoomEntry, RoomEvent } from "../protocol/chat_events.ts";

/** Receives the messages of a room in order, each once. */
export interface RoomListener {
  /** @param isPast whether it comes from the history */
  onEvent(event: RoomEvent, isPast: boolean): void;
  /** The next `count` messages are missing: the server does not keep them any more. */
  onMissed(count: number): void;
}

/**
 * Merges the two sources of a room's messages, events and the history, in order and without
 * duplicates.
 *
 * A sequencer begins paused: events wait until the history has been added.
 */
export class RoomSequencer {
  readonly #listener: RoomListener;
  /** What names the numbering of `lastSeq`; `null` where the server does not say. */
  history: string | null = null;
  #lastSeq: number | null = null;
  #lastKnown: RoomEntry | null = null;
  /** The latest time of an emitted message, by the server's clock. */
  #emittedTime = -Infinity;
  /** Messages of the history up to this time were emitted before the server lost some. */
  #knownTime = -Infinity;
  /** Events that wait for the history; `null` when live. */
  #waiting: RoomEntry[] | null = [];

  /** @param listener called by the methods, before they return */
  constructor(listener: RoomListener) {
    this.#listener = listener;
  }

  /** The number of the last message that was emitted or missed; `null` before the first join. */
  get lastSeq(): number | null {
    return this.#lastSeq;
  }

  /** The last message that was emitted, if the server still has it; or `null`. */
  get lastKnown(): RoomEntry | null {
    return this.#lastKnown;
  }

  /** Whether events are emitted as they come: the room is joined and its history emitted. */
  get isLive(): boolean {
    return this.#waiting === null;
  }

  /** Call before each connection. Events that waited are in its history, or count as missed. */
  pause(): void {
    this.#waiting = [];
  }

  /** Adds an event. */
  addLive(event: RoomEntry): void {
    if (this.#waiting === null) this.#emit(event, false);
    else this.#waiting.push(event);
  }

  /** The server has lost messages and uses their numbers again: its whole history may be new. */
  restart(): void {
    this.#lastSeq = 0;
    this.#knownTime = this.#emittedTime;
  }

  /** Adds messages of the history that follow `lastSeq`, oldest first. */
  addHistory(events: readonly RoomEntry[]): void {
    const end = events.at(-1)?.seq ?? 0;
    const waiting = (this.#waiting ?? []).filter(({ seq }) => seq <= end);
    for (const event of [...events, ...waiting].sort((a, b) => a.seq - b.seq)) {
      if (event.time > this.#knownTime) this.#emit(event, true);
      else this.#advance(event);
    }
  }

  /**
   * The whole history is added: emits the events that waited, and goes live.
   *
   * @param seq the number of the last message when the room was joined
   */
  resume(seq: number): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    this.#knownTime = -Infinity;
    for (const event of waiting) this.#emit(event, false);
    if (this.#lastSeq !== null) this.#miss(seq - this.#lastSeq);
    this.#lastSeq = Math.max(seq, this.#lastSeq ?? 0);
  }

  #emit(event: RoomEntry, isPast: boolean): void {
    const next = this.#lastSeq === null ? event.seq : this.#lastSeq + 1;
    if (event.seq < next) return;
    this.#miss(event.seq - next);
    this.#advance(event);
    this.#emittedTime = Math.max(this.#emittedTime, event.time);
    if (event.event !== "hidden") this.#listener.onEvent(event, isPast);
  }

  #advance(event: RoomEntry): void {
    this.#lastSeq = event.seq;
    this.#lastKnown = event;
  }

  #miss(count: number): void {
    if (count > 0) this.#listener.onMissed(count);
  }
}
