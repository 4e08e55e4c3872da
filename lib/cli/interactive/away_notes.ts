import { foldNick } from "../../protocol/chat_names.ts";

/** Which clients the user knows to be away. */
export class AwayNotes {
  readonly #texts = new Map<string, string>();

  /**
   * Records what a client says while it is away; `null` if it is not.
   *
   * @returns whether it is another text than before
   */
  isNews(nick: string, away: string | null): boolean {
    const key = foldNick(nick);
    const isNews = (this.#texts.get(key) ?? null) !== away;
    if (away === null) this.#texts.delete(key);
    else this.#texts.set(key, away);
    return isNews;
  }
}
