import { foldNick } from "../protocol/chat_names.ts";
import { lookalikeKeys } from "../protocol/lookalikes.ts";
import type { EntryOf } from "./entry.ts";

/** The entry by which a member of this server claims a nick. @param nick in NFC */
export function nickEntry(member: number, nick: string, isOwn: boolean): EntryOf<"nick"> {
  return { kind: "nick", member, nick, keys: [foldNick(nick), ...lookalikeKeys(nick)], isOwn };
}
