/** A room that a client has joined. */
export interface JoinedRoom {
  /** The nicks of the members, as many as fit into an answer. */
  readonly members: readonly string[];
  /** The number of the last message. */
  readonly seq: number;
}

/** A room with members, as ROOM lists it. */
export interface RoomInfo {
  /** Its name, without a `#`. */
  readonly room: string;
  /** The number of members. */
  readonly members: number;
  /** The number of the last message. */
  readonly seq: number;
}

/** A part of a room's history; `before` and `after` themselves are not in it. */
export interface HistoryRange {
  /** Only messages before this number, the newest of them. */
  readonly before?: number;
  /** Only messages after this number, the oldest of them. */
  readonly after?: number;
  /** The largest number of messages. Default 50. */
  readonly limit?: number;
}
