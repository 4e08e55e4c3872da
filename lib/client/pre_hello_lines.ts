import { CHAT_TEXTS, formatEventLine } from "../chat/chat_texts.ts";
import type { RoomEvent } from "../protocol/chat_events.ts";

/**
 * The chat lines that a server sends before it has read HELO, while it takes the client for one of
 * protocol 1. Those that the history of the lobby contains too are dropped, to be shown once.
 */
export class PreHelloLines {
  #lines: string[] = [];

  /** Adds a line. */
  add(line: string): void {
    this.#lines.push(line);
  }

  /** Drops the line of a message that the history contains. */
  drop(event: RoomEvent): void {
    if (this.#lines.length === 0) return;
    // The server's language is not known
    const forms = Object.values(CHAT_TEXTS).map((texts) => formatEventLine(event, texts));
    const same = this.#lines.findIndex((line) => forms.includes(line));
    if (same >= 0) this.#lines.splice(same, 1);
  }

  /** The lines that no message of the history has dropped. */
  get rest(): readonly string[] {
    return this.#lines;
  }
}
