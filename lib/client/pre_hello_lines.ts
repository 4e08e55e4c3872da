import { CHAT_TEXTS, formatEventLine } from "../chat/chat_texts.ts";
import type { RoomEvent } from "../protocol/chat_events.ts";

/**
 * What was said in the lobby before the server knew that one speaks protocol 2, as protocol 1 has it.
 * Most of it stands in the history, too, and is to be told once.
 */
export class PreHelloLines {
  #lines: string[] = [];

  /** A line came. */
  add(line: string): void {
    this.#lines.push(line);
  }

  /** The same is told out of the history. */
  drop(event: RoomEvent): void {
    if (this.#lines.length === 0) return;
    // The server's language is not known
    const forms = Object.values(CHAT_TEXTS).map((texts) => formatEventLine(event, texts));
    const same = this.#lines.findIndex((line) => forms.includes(line));
    if (same >= 0) this.#lines.splice(same, 1);
  }

  /** Those that no history has. */
  get rest(): readonly string[] {
    return this.#lines;
  }
}
