import type { FrameLogCursor } from "../stream/frames/frame_log.ts";

/** The sending side of a client's connection: frames of its own, and the logs of its rooms. */
export interface Outlet {
  /** Follows a log: the client gets the frames appended from now on. */
  follow(cursor: FrameLogCursor): void;
  /** Stops following a log. Frames appended before leave before later frames. */
  unfollow(cursor: FrameLogCursor): void;
  /** Makes frames appended so far leave before frames queued or sent after this call. */
  gather(): void;
  /** Queues a frame, which leaves with the next one or after `wake`. Owns the bytes. */
  queue(frame: Uint8Array): void;
  /** Queues a frame and sends it. Owns the bytes. */
  send(frame: Uint8Array): void;
  /** Sends the queued frames and those appended to the followed logs. */
  wake(): void;
}
