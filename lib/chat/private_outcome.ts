/** A private message that was delivered or is kept. */
export interface PrivateOutcome {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** What the recipient says while it is away; absent if it is not. */
  readonly away?: string;
  /** Until when it is kept for the recipient, milliseconds since 1970; absent if it was delivered. */
  readonly kept?: number;
}
