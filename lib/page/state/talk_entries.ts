import type { ReceivedEvent } from "../../client/chat.ts";
import type { RoomEvent } from "../../protocol/chat_events.ts";
import { cleanLine, cleanText } from "../../protocol/text.ts";
import type { OfferedFile, TalkEntry } from "../model/page_model.ts";

/** How a text begins that says what its sender does. */
const ACTION = "/me ";

/** What an event is in a conversation, without what only the conversation knows. */
export type EntryContent = Omit<TalkEntry, "key" | "isOwn" | "sending">;

/** The content of a message to a room or a member, or of a file that was offered. */
export function contentOf(
  event: Extract<ReceivedEvent, { event: "message" | "file" }>,
): EntryContent {
  const seq = "seq" in event ? event.seq : null;
  const common = { from: event.from, time: event.time, seq };
  if (event.event === "file") return { ...common, kind: "file", text: "", file: fileOf(event) };
  return { ...common, ...contentOfText(event.text), file: null };
}

/** A text of a peer as a message, or as an action. */
export function contentOfText(raw: string): Pick<TalkEntry, "kind" | "text"> {
  const text = cleanText(raw.replaceAll("\r\n", "\n"));
  const isAction = text.startsWith(ACTION);
  return {
    kind: isAction ? "action" : "message",
    text: isAction ? text.slice(ACTION.length) : text,
  };
}

/** The content of what is no message: it has the time of this machine. */
export function noteContent(
  kind: "join" | "part" | "nick" | "topic" | "away" | "kept" | "notice" | "missed",
  from: string | null,
  text = "",
): EntryContent {
  return { kind, from, text: cleanLine(text), file: null, time: Date.now(), seq: null };
}

function fileOf({ path, size, sha256 }: Extract<RoomEvent, { event: "file" }>): OfferedFile {
  return { path, size, sha256 };
}
