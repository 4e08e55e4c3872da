import { unquote } from "./words.ts";

/** The room that a person names: `#Ops` is `ops`, with or without quotes. */
export function parseRoomName(text: string): string {
  return unquote(text).replace(/^#/, "").toLowerCase();
}

/** The nick that a person names, with or without quotes: `@ana` is `ana`. */
export function parseNick(text: string): string {
  return unquote(text).replace(/^@/, "");
}
