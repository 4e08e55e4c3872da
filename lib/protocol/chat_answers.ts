import type { Fields } from "./json.ts";

/** The topic of a room. */
export interface Topic {
  /** One line. Text from a peer: clean it before it is shown. */
  readonly text: string;
  /** The nick of the client that has set it, or `SERVER`. */
  readonly from: string;
  /** When it was set by the clock of the server, milliseconds since 1970. */
  readonly time: number;
}

/** Decodes the member `topic` of an answer; `null` if there is none. */
export function decodeTopic(answer: Fields): Topic | null {
  if (!answer.has("topic")) return null;
  const fields = answer.object("topic");
  return { text: fields.text("text"), from: fields.text("from"), time: fields.integer("time") };
}

/** A room that a client has joined. */
export interface JoinedRoom {
  /** The nicks of the members, as many as fit into an answer. */
  readonly members: readonly string[];
  /** The number of the last message. */
  readonly seq: number;
  /** Absent if there is none. */
  readonly topic?: Topic;
}

/** A room with members or messages, as ROOM lists it. */
export interface RoomInfo {
  /** Its name, without a `#`. */
  readonly room: string;
  /** The number of members; 0 for a room that has only messages. */
  readonly members: number;
  /** The number of the last message. */
  readonly seq: number;
  /** The text of the topic; absent if there is none. Text from a peer: clean it before it is shown. */
  readonly topic?: string;
}

/** A part of a room's history; `before` and `after` themselves are not in it. */
export interface HistoryRange {
  /** Only messages before this number, the newest of them. */
  readonly before?: number;
  /** Only messages after this number, the oldest of them. */
  readonly after?: number;
  /** The largest number of messages. Default 50. */
  readonly limit?: number;
}
