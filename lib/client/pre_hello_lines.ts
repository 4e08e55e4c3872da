import { CHAT_TEXTS, formatEventLine } from "../chat/chat_texts.ts";
import type { RoomEvent } from "../protocol/chat_events.ts";

/** Lines that are remembered; the oldest give way. */
const MAX_LINES = 1_000;

/**
 * The chat lines that a server sends before it has read HELO, while it takes the client for one of
 * protocol 1, or the client takes the server for such a one. Those that the history of the lobby
 * contains too are shown once.
 */
export class PreHelloLines {
  /** Lines that are held back until the history has come; `null` while lines are shown at once. */
  #held: string[] | null = [];
  #shown: string[] = [];

  /** Holds lines back from now on: a connection begins. */
  hold(): void {
    this.#held = [];
    this.#shown = [];
  }

  /** Takes a line. Returns whether it is held back; else it is to be shown now. */
  add(line: string): boolean {
    const lines = this.#held ?? this.#shown;
    lines.push(line);
    if (lines.length > MAX_LINES) lines.shift();
    return this.#held !== null;
  }

  /** Takes a message that the history contains. Returns whether its line was shown before. */
  onMessage(event: RoomEvent): boolean {
    if (this.#held !== null) removeLine(this.#held, event);
    return removeLine(this.#shown, event);
  }

  /** Holds nothing back any more. Returns the held lines that the history does not contain. */
  release(): readonly string[] {
    const lines = this.#held ?? [];
    this.#held = null;
    return lines;
  }
}

/** Removes the line of a message; whether there was one. */
function removeLine(lines: string[], event: RoomEvent): boolean {
  if (lines.length === 0) return false;
  // The server's language is not known
  const forms = Object.values(CHAT_TEXTS).map((texts) => formatEventLine(event, texts));
  const same = lines.findIndex((line) => forms.includes(line));
  if (same >= 0) lines.splice(same, 1);
  return same >= 0;
}
