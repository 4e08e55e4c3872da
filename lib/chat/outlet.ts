import type { FrameLogCursor } from "../stream/frames/frame_log.ts";

/** What the chat uses of a client's connection: its own frames, and the logs of its rooms. */
export interface Outlet {
  /** From now on the connection gets what is appended to the cursor's log. */
  follow(cursor: FrameLogCursor): void;
  /** From now on it does not. What was appended before leaves before later frames. */
  unfollow(cursor: FrameLogCursor): void;
  /** What waits in the followed logs leaves before the frames that follow this call. */
  gather(): void;
  /** Queues a frame, which leaves with the next one or after `wake`. Owns the bytes. */
  queue(frame: Uint8Array): void;
  /** Queues a frame and sends it. Owns the bytes. */
  send(frame: Uint8Array): void;
  /** Sends what is queued and what was appended to the followed logs. */
  wake(): void;
}
