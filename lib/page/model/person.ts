/** What the server tells of a person in the chat. */
export interface Person {
  /** The account; `null` for a guest. */
  readonly user: string | null;
  /** When the client connected, milliseconds since 1970. */
  readonly since: number;
  /** What it says while it is away; `null` if it is not. */
  readonly away: string | null;
  /** Those of the client's rooms that this client is in, too. */
  readonly rooms: readonly string[];
}
