import type { ProtocolError } from "../../protocol/errors.ts";
import type { Frame } from "../../stream/frames/frame_reader.ts";

/** What one protocol level does with a client's frames. */
export interface ProtocolHandler {
  /**
   * Carries a frame out. Resolves when the next one may be read.
   *
   * @throws {ProtocolError} when the connection cannot go on
   */
  onFrame(frame: Frame): Promise<void> | void;
  /** The client will send nothing more. */
  onEnd(): void;
  /**
   * Since when the input is blocked by requests that only further input can finish, a reading of
   * `performance.now()`; `null` while it is not.
   */
  readonly stuckSinceMs: number | null;
  /** Whether the peer answers PING. */
  readonly answersPing: boolean;
  /** Whether the client has to log in, and no login is under way. */
  readonly isIdleBeforeLogin: boolean;
  /** Queues the last frame for a client that is kicked, if its protocol has one. */
  sendKicked(notice: string): void;
  /** The connection is closed. */
  onClosed(): void;
  /** Queues the last frame for a client that broke the rules, if it is to get one. */
  sendViolation(error: ProtocolError): void;
  /** Resolves when every request is answered. */
  idle(): Promise<void>;
}
