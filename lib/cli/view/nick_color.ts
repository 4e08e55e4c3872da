import { getColorEnabled, rgb8 } from "@std/fmt/colors";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";

/**
 * Colours of the 256 of a terminal's palette that can be read on black and on white: their contrast
 * with both is at least 3 to 1 (WCAG 2.1, 1.4.11).
 */
const NICK_COLORS = [27, 28, 30, 32, 61, 64, 98, 100, 130, 133, 161, 164, 166, 168] as const;

/** A nick, cleaned, in a colour of its own, which is the same everywhere and always. */
export function colorNick(nick: string): DisplayText {
  const shown = cleanLine(nick);
  if (!getColorEnabled()) return shown;
  return rgb8(shown, NICK_COLORS[hash(nick.toLowerCase()) % NICK_COLORS.length] ?? 0);
}

/** FNV-1a over UTF-16 units: small, and spreads short names well. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}
