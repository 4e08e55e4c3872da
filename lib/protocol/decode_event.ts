import type { ChatEvent } from "./chat_events.ts";
import { Fields, type JsonObject } from "./json.ts";
import { decodePeers } from "./peers.ts";

const DECODERS: Readonly<Record<string, (fields: Fields) => ChatEvent>> = {
  message: decodeMessage,
  file: (fields) => ({
    event: "file",
    seq: fields.integer("seq"),
    room: fields.text("room"),
    from: fields.text("from"),
    path: fields.text("path"),
    size: fields.integer("size"),
    sha256: fields.sha256("sha256"),
    time: fields.integer("time"),
  }),
  hidden: (fields) => ({
    event: "hidden",
    seq: fields.integer("seq"),
    room: fields.text("room"),
    time: fields.integer("time"),
  }),
  joined: (fields) => ({ event: "joined", room: fields.text("room"), nick: fields.text("nick") }),
  left: (fields) => ({ event: "left", room: fields.text("room"), nick: fields.text("nick") }),
  nick: (fields) => ({ event: "nick", old: fields.text("old"), nick: fields.text("nick") }),
  topic: (fields) => ({
    event: "topic",
    room: fields.text("room"),
    from: fields.text("from"),
    text: fields.text("text"),
    time: fields.integer("time"),
  }),
  notice: (fields) => ({ event: "notice", text: fields.text("text") }),
  shutdown: () => ({ event: "shutdown" }),
  peers: (fields) => ({ event: "peers", peers: decodePeers(fields) }),
};

/**
 * Decodes the event of an EVNT frame, or of an entry in an answer to HIST.
 *
 * @returns `null` for an event that this version does not know, `hidden` for one with a number
 * @throws {RequestError} `bad-request` if a member is missing or wrong
 */
export function decodeEvent(object: JsonObject): ChatEvent | null {
  const fields = new Fields(object);
  const name = fields.text("event");
  return Object.hasOwn(DECODERS, name) ? DECODERS[name]?.(fields) ?? null : decodeUnknown(object);
}

/** An event of a later version: where it has a number in a room, that number is not missing. */
function decodeUnknown({ seq, room, time }: JsonObject): ChatEvent | null {
  const isNumbered = Number.isSafeInteger(seq) && Number.isSafeInteger(time);
  if (!isNumbered || typeof room !== "string") return null;
  return { event: "hidden", seq: Number(seq), room, time: Number(time) };
}

function decodeMessage(fields: Fields): ChatEvent {
  const message = {
    event: "message",
    from: fields.text("from"),
    text: fields.text("text"),
    time: fields.integer("time"),
  } as const;
  if (!fields.has("room")) {
    const id = fields.optionalText("id");
    return { ...message, to: fields.text("to"), ...(id !== undefined && { id }) };
  }
  return { ...message, seq: fields.integer("seq"), room: fields.text("room") };
}
