import { nearNick } from "../../client/near_nick.ts";
import { cleanLine, display, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";

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
