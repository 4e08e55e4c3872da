import type { RoomEvent } from "../protocol/chat_events.ts";

/** Receives the messages of a room, each once, in their order. */
export interface RoomListener {
  /** @param isPast it comes out of the history */
  onEvent(event: RoomEvent, isPast: boolean): void;
  /** So many messages come next that the server does not keep any more. */
  onMissed(count: number): void;
}

/**
 * Puts the messages of a room in order, each once, though they come from two sides: as events, and
 * out of the history after a time without a connection.
 *
 * A sequencer begins paused: events wait until the history has come.
 */
export class RoomSequencer {
  readonly #listener: RoomListener;
  #lastSeq: number | null = null;
  #lastKnown: RoomEvent | null = null;
  /** When the newest message that was told was sent, by the server's clock. */
  #toldTime = -Infinity;
  /** Messages of the history that are no newer were told before the server lost some. */
  #knownTime = -Infinity;
  /** Events that wait for the history; `null` while none need wait. */
  #waiting: RoomEvent[] | null = [];

  /** @param listener is called by the methods, before they return */
  constructor(listener: RoomListener) {
    this.#listener = listener;
  }

  /** The number of the last message that was told or missed; `null` before the room was joined. */
  get lastSeq(): number | null {
    return this.#lastSeq;
  }

  /** The last message that was told, as far as the server has not lost it; or `null`. */
  get lastKnown(): RoomEvent | null {
    return this.#lastKnown;
  }

  /** Whether events are told as they come: the room is joined, and its history told. */
  get isLive(): boolean {
    return this.#waiting === null;
  }

  /** The connection is a new one. What waited is in the history, or missed. */
  pause(): void {
    this.#waiting = [];
  }

  /** Takes an event. */
  addLive(event: RoomEvent): void {
    if (this.#waiting === null) this.#tell(event, false);
    else this.#waiting.push(event);
  }

  /** The server has lost messages, and gives their numbers again: all it has may be news. */
  restart(): void {
    this.#lastSeq = 0;
    this.#knownTime = this.#toldTime;
  }

  /** Takes messages out of the history that follow `lastSeq`, oldest first. */
  addHistory(events: readonly RoomEvent[]): void {
    const end = events.at(-1)?.seq ?? 0;
    const waiting = (this.#waiting ?? []).filter(({ seq }) => seq <= end);
    for (const event of [...events, ...waiting].sort((a, b) => a.seq - b.seq)) {
      if (event.time > this.#knownTime) this.#tell(event, true);
      else this.#pass(event);
    }
  }

  /**
   * All of the history has come: what waits can be told.
   *
   * @param seq the number of the last message when the room was joined
   */
  resume(seq: number): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    this.#knownTime = -Infinity;
    for (const event of waiting) this.#tell(event, false);
    if (this.#lastSeq !== null) this.#miss(seq - this.#lastSeq);
    this.#lastSeq = Math.max(seq, this.#lastSeq ?? 0);
  }

  #tell(event: RoomEvent, isPast: boolean): void {
    const next = this.#lastSeq === null ? event.seq : this.#lastSeq + 1;
    if (event.seq < next) return;
    this.#miss(event.seq - next);
    this.#pass(event);
    this.#toldTime = Math.max(this.#toldTime, event.time);
    this.#listener.onEvent(event, isPast);
  }

  #pass(event: RoomEvent): void {
    this.#lastSeq = event.seq;
    this.#lastKnown = event;
  }

  #miss(count: number): void {
    if (count > 0) this.#listener.onMissed(count);
  }
}
