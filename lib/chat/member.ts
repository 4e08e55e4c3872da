import { type ChatEvent, encodeEvent } from "../protocol/chat_events.ts";
import type { FrameWriter } from "../stream/frames/frame_writer.ts";
import type { Room } from "./room.ts";

/** A client in the chat. Made by a hub, and changed by it alone. */
export class Member {
  /** The rooms that it is in, in the order in which it came. */
  rooms: Room[] = [];
  /** It has left; nothing can be done in its name. */
  isGone = false;

  /**
   * @param nick unique on the server
   * @param user the name of its account, or `null`
   * @param protocol the level that it speaks
   * @param writer its connection
   * @param sinceMs when it came, milliseconds since 1970
   */
  constructor(
    public nick: string,
    public user: string | null,
    public protocol: 1 | 2,
    readonly writer: FrameWriter,
    readonly sinceMs: number = Date.now(),
  ) {}

  /**
   * Tells it something at once, ahead of what waits in its rooms.
   *
   * @param line what it gets if it speaks protocol 1; `null` for nothing
   */
  tell(event: ChatEvent, line: Uint8Array | null): void {
    if (this.protocol === 2) this.writer.send(encodeEvent(event));
    else if (line !== null) this.writer.send(line);
  }
}
