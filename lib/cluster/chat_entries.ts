import type { DatabaseSync } from "node:sqlite";
import type { HistoryChanges } from "../chat/history_changes.ts";
import type { Draft } from "../chat/journal.ts";
import type { KeptEvent } from "../chat/kept_event.ts";
import { checkRoomName } from "../protocol/chat_names.ts";
import type { Fields } from "../protocol/json.ts";
import type { Appliers, EntryOf, OutcomeOf } from "./entry.ts";

/** The decoders of the entries of rooms. */
export const CHAT_DECODERS = {
  say: (fields: Fields) => ({
    room: checkRoomName(fields.text("room")),
    draft: decodeDraft(fields.object("draft")),
  }),
  topic: (fields: Fields) => ({
    room: checkRoomName(fields.text("room")),
    from: fields.text("from"),
    text: fields.text("text"),
  }),
};

/** The time is that of the log: it is set when the entry is applied. */
function decodeDraft(fields: Fields): Draft {
  const from = fields.text("from");
  if (!fields.has("path")) {
    return { event: "message", from, text: fields.text("text"), time: 0 };
  }
  const truePath = fields.optionalText("truePath");
  return {
    event: "file",
    from,
    path: fields.text("path"),
    ...(truePath !== undefined && { truePath }),
    size: fields.integer("size"),
    sha256: fields.sha256("sha256"),
    time: 0,
  };
}

/** The event of an entry that is applied, as the history keeps it. */
export function toKeptEvent({ room, draft }: EntryOf<"say">, outcome: OutcomeOf<"say">): KeptEvent {
  return { ...draft, ...outcome, room };
}

/** Makes the appliers of the entries of rooms. */
export function chatAppliers(
  database: DatabaseSync,
  history: HistoryChanges,
): Appliers<"say" | "topic"> {
  const floor = database.prepare("SELECT room_floor FROM cluster");
  const raiseFloor = database.prepare("UPDATE cluster SET room_floor = max(room_floor, ?)");
  /** The number before the first one of a room: clients that were in a room of that name know higher ones of it. */
  const roomFloor = () => Number(floor.get()?.room_floor);
  return {
    say: (entry, { stampMs }) => {
      const { room } = entry;
      const last = history.last(room);
      const before = last?.seq ?? roomFloor();
      const outcome = { seq: before + 1, time: Math.max(stampMs, last?.timeMs ?? 0) };
      const event = JSON.stringify(toKeptEvent(entry, outcome));
      history.add(room, before, [event], outcome.time);
      if (last === null) raiseFloor.run(history.forgetRooms());
      return outcome;
    },
    topic: ({ room, from, text }, { stampMs }) => {
      const topic = text === "" ? null : { text, from, time: stampMs };
      const isNew = history.last(room) === null;
      history.setTopic(room, topic, stampMs, isNew ? roomFloor() : 0);
      if (isNew) raiseFloor.run(history.forgetRooms());
      return { time: stampMs };
    },
  };
}
