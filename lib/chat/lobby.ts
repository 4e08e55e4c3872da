import { encodeFrame } from "../protocol/frames.ts";
import { FrameLog, type FrameLogCursor } from "../stream/frame_log.ts";
import type { FrameWriter } from "../stream/frame_writer.ts";

/** Who speaks when the server itself does. */
export const SERVER_NAME = "SERVER";

/** Somebody in the lobby. */
export interface LobbyMember {
  readonly nick: string;
  readonly cursor: FrameLogCursor;
  readonly writer: FrameWriter;
}

/**
 * The room that every client is in. Text is encoded once and appended to a log; each member's
 * connection follows that log at its own pace.
 */
export class Lobby {
  readonly #log = new FrameLog();
  readonly #members = new Set<LobbyMember>();

  /** How many are in. */
  get size(): number {
    return this.#members.size;
  }

  /** Lets a connection in; it gets what is said from now on. */
  join(nick: string, writer: FrameWriter): LobbyMember {
    const member = { nick, cursor: this.#log.cursor(), writer };
    writer.follow(member.cursor);
    this.#members.add(member);
    return member;
  }

  /** Lets it out: it gets what was said before, and no more. Repeated calls do nothing. */
  leave(member: LobbyMember): void {
    this.#members.delete(member);
    member.cursor.close();
  }

  /** Passes clean text of a member on to everybody else. */
  say(author: LobbyMember, text: string): void {
    const start = this.#log.end;
    this.#log.append(encodeFrame("CHAT", `[${author.nick}]: ${text}`));
    author.cursor.excludeSince(start);
    this.#wakeAll();
  }

  /** Tells everybody, in the name of the server. */
  announce(text: string): void {
    this.#log.append(encodeNotice(text));
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const member of this.#members) member.writer.wake();
  }
}

/** A CHAT frame in the name of the server. */
export function encodeNotice(text: string): Uint8Array {
  return encodeFrame("CHAT", `[${SERVER_NAME}]: ${text}`);
}
