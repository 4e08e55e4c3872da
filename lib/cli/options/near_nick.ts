import { foldNick } from "../../protocol/chat_names.ts";
import { cleanLine, display, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { closest } from "./options.ts";

/**
 * The text that says that none of `nicks` is `nick`, with the nearest one. A server with accounts makes
 * `guest-bruno` of a guest that takes the nick `bruno`.
 */
export function withNearNick(
  text: DisplayText,
  nick: string,
  nicks: readonly string[],
  { t }: Locale,
): DisplayText {
  const near = nearNick(nick, nicks);
  return near === null ? text : display`${text}. ${t("didYouMean", { name: cleanLine(near) })}`;
}

/** The one of `nicks` that is most like a nick, or `null` when none is alike. */
export function nearNick(nick: string, nicks: readonly string[]): string | null {
  const wanted = withoutPrefix(nick);
  const byName = new Map(nicks.map((each) => [withoutPrefix(each), each]));
  // Another number is another guest, not a slip of the finger
  const names = [...byName.keys()].filter((name) => name === wanted || !/^\d+$/.test(name));
  return byName.get(closest(wanted, names) ?? "") ?? null;
}

function withoutPrefix(nick: string): string {
  return foldNick(nick).replace(/^guest-/, "");
}
