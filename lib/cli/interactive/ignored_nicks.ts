import type { ReceivedEvent } from "../../client/chat.ts";
import { foldNick } from "../../protocol/chat_names.ts";

/** The nicks whose messages are not shown. */
export class IgnoredNicks {
  /** By their folded form. */
  readonly #nicks = new Map<string, string>();

  /** Hides the messages of a nick, or shows them again. Returns whether they are hidden now. */
  toggle(nick: string): boolean {
    if (this.#nicks.delete(foldNick(nick))) return false;
    this.#nicks.set(foldNick(nick), nick);
    return true;
  }

  /** The nicks, in the order in which they were added. */
  nicks(): string[] {
    return [...this.#nicks.values()];
  }

  /** Whether an event is to be hidden. */
  hides(event: ReceivedEvent): boolean {
    return "from" in event && this.#nicks.has(foldNick(event.from));
  }

  /** Follows a client that changes its nick. */
  notice(event: ReceivedEvent): void {
    if (event.event !== "nick" || !this.#nicks.delete(foldNick(event.old))) return;
    this.#nicks.set(foldNick(event.nick), event.nick);
  }
}
