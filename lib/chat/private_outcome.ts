/** A private message that was delivered. */
export interface PrivateOutcome {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** What the recipient says while it is away; absent if it is not. */
  readonly away?: string;
}
