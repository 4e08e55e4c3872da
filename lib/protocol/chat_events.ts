/**
 * What happens in the chat, as EVNT frames tell it (section 3.9 of the protocol).
 *
 * `time` is milliseconds since 1970. `seq` counts the messages of a room, from 1.
 *
 * @module
 */
import { encodeFrame } from "./frames.ts";

/** Somebody said something in a room. */
export interface RoomMessage {
  /** Tells the events apart. */
  readonly event: "message";
  /** Its number in the room. */
  readonly seq: number;
  /** Where it was said. */
  readonly room: string;
  /** The nick of who said it. */
  readonly from: string;
  /** What was said: text of a peer. */
  readonly text: string;
  /** When, by the clock of the server. */
  readonly time: number;
}

/** Somebody put a file on the server, and says so in a room. */
export interface SharedFile {
  /** Tells the events apart. */
  readonly event: "file";
  /** Its number in the room. */
  readonly seq: number;
  /** Where it was said. */
  readonly room: string;
  /** The nick of who said it. */
  readonly from: string;
  /** Where the file is on the server. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
  /** When, by the clock of the server. */
  readonly time: number;
}

/** What the history of a room keeps. */
export type RoomEvent = RoomMessage | SharedFile;

/** Everything that an EVNT frame tells. */
export type ChatEvent =
  | RoomEvent
  | {
    readonly event: "message";
    readonly to: string;
    readonly from: string;
    readonly text: string;
    readonly time: number;
  }
  | { readonly event: "joined" | "left"; readonly room: string; readonly nick: string }
  | { readonly event: "nick"; readonly old: string; readonly nick: string }
  | { readonly event: "notice"; readonly text: string }
  | { readonly event: "shutdown" };

/** An EVNT frame. */
export function encodeEvent(event: ChatEvent): Uint8Array {
  return encodeFrame("EVNT", JSON.stringify(event));
}
