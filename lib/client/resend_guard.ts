import type { RoomEvent } from "../protocol/chat_events.ts";
import type { SentMessage } from "./chat.ts";

/** What the history of the rooms held when one came back: among it, perhaps, what one had said. */
export class ResendGuard {
  #events: RoomEvent[] = [];

  /** Forgets all. */
  clear(): void {
    this.#events = [];
  }

  /** Takes what was found. */
  add(event: RoomEvent): void {
    this.#events.push(event);
  }

  /** Finds what somebody had said in a room, and forgets it: it is found once. */
  find(room: string, from: string, text: string): SentMessage | null {
    const at = this.#events.findIndex((event) =>
      event.event === "message" && event.room === room && event.from === from &&
      event.text === text
    );
    const [found] = at < 0 ? [] : this.#events.splice(at, 1);
    return found === undefined ? null : { seq: found.seq, time: found.time };
  }
}
