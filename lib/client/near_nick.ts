import { foldNick } from "../protocol/chat_names.ts";
import { closest } from "./closest.ts";

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
