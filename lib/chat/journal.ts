import type { RoomMessage } from "../protocol/chat_events.ts";
import type { KeptEvent, KeptFile } from "./kept_event.ts";
import type { Member } from "./member.ts";

/** A message that has no number yet. */
export type Draft = Omit<RoomMessage, "seq" | "room"> | Omit<KeptFile, "seq" | "room">;

/** A message of a room, to be stored. */
export interface JournalEntry {
  readonly room: string;
  readonly draft: Draft;
}

/** The number and the time of a stored entry. */
export interface Outcome {
  /** The number of the message in its room. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** An entry that is stored and numbered. */
export interface StoredEntry {
  readonly event: KeptEvent;
  /** The JSON of `event` for clients. */
  readonly json: string;
  /** The member that appended it here, or `null`. */
  readonly author: Member | null;
}

/** Receives the entries that a journal has stored. */
export interface JournalTarget {
  /** The number of the last message that was delivered to a room; 0 for a room without members. */
  lastSeq(room: string): number;
  /** Delivers stored entries, in their order. Must not throw. */
  deliver(stored: readonly StoredEntry[]): void;
}

/**
 * The log of the rooms. An entry is appended, numbered, stored, and only then delivered; an entry
 * that cannot be stored is never delivered.
 */
export interface Journal {
  /**
   * Appends an entry. Resolves once it is stored and delivered on this server.
   *
   * @param author the member that does not get its own line in protocol 1; `null` for the server
   * @throws {RequestError} `no-space`, `busy`, `internal` or `shutting-down`: the entry will never
   * be delivered, but for the reason `outcome-unknown`
   */
  append(entry: JournalEntry, author: Member | null): Promise<Outcome>;
  /** Runs `action` once every entry appended before is delivered; at once if none is under way. */
  after(action: () => void): void;
  /** Stores and delivers the waiting entries, if this journal can do so at once. */
  flush(): void;
  /** Resolves when every entry that any server has acknowledged before is delivered here. */
  caughtUp(): Promise<void>;
  /** Flushes; later appends reject with `shutting-down`. */
  close(): void;
}
