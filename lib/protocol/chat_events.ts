/**
 * The events of the chat, as EVNT frames carry them (section 3.9 of the protocol).
 *
 * `time` is in milliseconds since 1970. `seq` counts the messages of a room, from 1.
 *
 * @module
 */
import type { Topic } from "./chat_answers.ts";
import { encodeFrame } from "./frames.ts";
import { encodePeers, type Peer } from "./peers.ts";

/** A message to a room. */
export interface RoomMessage {
  /** The type of the event. */
  readonly event: "message";
  /** The sequence number in the room. */
  readonly seq: number;
  /** The room. */
  readonly room: string;
  /** The nick of the sender. */
  readonly from: string;
  /** Text from a peer: clean it before it is shown. */
  readonly text: string;
  /** By the clock of the server, milliseconds since 1970. */
  readonly time: number;
}

/** An uploaded file, announced in a room. */
export interface SharedFile {
  /** The type of the event. */
  readonly event: "file";
  /** The sequence number in the room. */
  readonly seq: number;
  /** The room. */
  readonly room: string;
  /** The nick of the uploader. */
  readonly from: string;
  /** The path on the server. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** The hash of the content in hex. */
  readonly sha256: string;
  /** By the clock of the server, milliseconds since 1970. */
  readonly time: number;
}

/** An event that the history of a room keeps. */
export type RoomEvent = RoomMessage | SharedFile;

/** Stands for an event about a file that the client may not read, so that its number is not missing. */
export interface HiddenEvent {
  /** The type of the event. */
  readonly event: "hidden";
  /** The sequence number in the room. */
  readonly seq: number;
  /** The room. */
  readonly room: string;
  /** By the clock of the server, milliseconds since 1970. */
  readonly time: number;
}

/** An entry of a room's history, as it is sent to a client. */
export type RoomEntry = RoomEvent | HiddenEvent;

/** The entry as a client gets it that may not know of the file. */
export function hideFile({ seq, room, time }: SharedFile): HiddenEvent {
  return { event: "hidden", seq, room, time };
}

/** The topic of a room has changed. */
export interface TopicEvent extends Topic {
  /** The type of the event. */
  readonly event: "topic";
  /** The room. */
  readonly room: string;
  /** The new topic, on one line; `""` if it was removed. Text from a peer: clean it first. */
  readonly text: string;
}

/** A private message. */
export interface PrivateMessage {
  /** The type of the event. */
  readonly event: "message";
  /** The nick of the recipient at the time of sending. */
  readonly to: string;
  /** The nick of the sender. */
  readonly from: string;
  /** Text from a peer: clean it before it is shown. */
  readonly text: string;
  /** By the clock of the server, milliseconds since 1970. */
  readonly time: number;
  /** The same where the message is delivered again; absent where it is not. */
  readonly id?: string;
}

/** The event of an EVNT frame. */
export type ChatEvent =
  | RoomEntry
  | PrivateMessage
  | { readonly event: "joined" | "left"; readonly room: string; readonly nick: string }
  | { readonly event: "nick"; readonly old: string; readonly nick: string }
  | TopicEvent
  | { readonly event: "notice"; readonly text: string }
  | { readonly event: "shutdown" }
  /** Other servers of the cluster are there than before; the one of the connection comes first. */
  | { readonly event: "peers"; readonly peers: readonly Peer[] };

/** Encodes an EVNT frame. */
export function encodeEvent(event: ChatEvent): Uint8Array {
  const fields = event.event === "peers" ? { ...event, peers: encodePeers(event.peers) } : event;
  return encodeFrame("EVNT", JSON.stringify(fields));
}
