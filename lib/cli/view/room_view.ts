import type { RoomInfo } from "../../protocol/chat_answers.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";

/** A room on one line, with its topic. */
export function describeRoom({ room, members, seq, topic }: RoomInfo, { t }: Locale): string {
  const line = t("roomLine", { room: cleanLine(room), members, seq });
  return topic === undefined ? line : `${line}: ${cleanLine(topic)}`;
}
