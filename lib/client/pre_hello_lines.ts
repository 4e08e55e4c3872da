import { CHAT_TEXTS, formatEventLine } from "../chat/chat_texts.ts";
import type { RoomEvent } from "../protocol/chat_events.ts";

/**
 * The lines that a server sends before it has read HELO, since it takes the client for one of
 * protocol 1. Most of them are in the history of the lobby, too, and are told once.
 */
export class PreHelloLines {
  #lines: string[] = [];

  /** Keeps a line. */
  add(line: string): void {
    this.#lines.push(line);
  }

  /** Drops the line of a message that is told out of the history. */
  drop(event: RoomEvent): void {
    if (this.#lines.length === 0) return;
    // The server's language is not known
    const forms = Object.values(CHAT_TEXTS).map((texts) => formatEventLine(event, texts));
    const same = this.#lines.findIndex((line) => forms.includes(line));
    if (same >= 0) this.#lines.splice(same, 1);
  }

  /** The lines that no history has. */
  get rest(): readonly string[] {
    return this.#lines;
  }
}
