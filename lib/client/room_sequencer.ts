import type { RoomEvent } from "../protocol/chat_events.ts";

/**
 * Puts what is heard in a room in its order, each message once, though it comes from two sides: as
 * it happens, and out of the history after a time of not being there.
 */
export class RoomSequencer {
  #lastSeq: number | null = null;
  /** What happened while the history was being fetched. */
  #waiting: RoomEvent[] | null = [];

  /** The number of the last message that was told; `null` before the first time. */
  get lastSeq(): number | null {
    return this.#lastSeq;
  }

  /** From now on what happens waits for the history. */
  pause(): void {
    this.#waiting ??= [];
  }

  /** Takes what happens, and returns what is to be told now. */
  addLive(event: RoomEvent): RoomEvent[] {
    if (this.#waiting === null) return this.#newOnes([event]);
    this.#waiting.push(event);
    return [];
  }

  /**
   * One has (again) entered the room, whose last message has that number. One below what was told
   * means that the server has begun to count anew.
   */
  onJoined(seq: number): void {
    if (this.#lastSeq !== null && seq < this.#lastSeq) this.#lastSeq = seq;
  }

  /** Takes a piece of the history, oldest first, and returns what is to be told now. */
  addHistory(events: readonly RoomEvent[]): RoomEvent[] {
    return this.#newOnes(events);
  }

  /**
   * The history is there as far as it goes: what waited can be told, also what was heard before one
   * had entered the room and is not in that history.
   *
   * @param seq the number that one entered the room with
   */
  resume(seq: number): RoomEvent[] {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    const told = this.#newOnes(waiting);
    this.#lastSeq = Math.max(seq, this.#lastSeq ?? 0);
    return told;
  }

  #newOnes(events: readonly RoomEvent[]): RoomEvent[] {
    const told: RoomEvent[] = [];
    for (const event of events) {
      if (this.#lastSeq !== null && event.seq <= this.#lastSeq) continue;
      this.#lastSeq = event.seq;
      told.push(event);
    }
    return told;
  }
}
