import type { Draft, Outcome } from "../chat/journal.ts";
import type { KeptReceipt, MessageToKeep } from "../chat/kept_changes.ts";
import type { RequestError } from "../protocol/errors.ts";
import type { AccountEntryKinds } from "./account_kinds.ts";
import type { EntryKind } from "./entry_kind.ts";
import type { FileEntryKinds } from "./file_kinds.ts";
import type { LinkEntryKinds } from "./link_kinds.ts";

/**
 * The kinds of entries of the log, each with its members and what comes of it. All servers apply all entries
 * in the order of the log, and get the same outcome.
 */
export interface EntryKinds extends FileEntryKinds, AccountEntryKinds, LinkEntryKinds {
  /** A message or a file of a room. The time in the draft is replaced by that of the log. */
  readonly say: EntryKind<{ readonly room: string; readonly draft: Draft }, Outcome>;
  /** The topic of a room; `""` removes it. */
  readonly topic: EntryKind<TopicMembers, { readonly time: number }>;
  /** A member of the origin takes a nick. Refused with `exists` if another member has it or one like it. */
  readonly nick: EntryKind<NickMembers, Record<never, never>>;
  /** A member of the origin has left: its nick is free. */
  readonly bye: EntryKind<{ readonly member: number }, Record<never, never>>;
  /** Numbers for guests of the origin. */
  readonly block: EntryKind<Record<never, never>, NumberBlock>;
  /** A private message that waits for its recipient. */
  readonly keep: EntryKind<MessageToKeep, KeptReceipt>;
  /** A kept message has arrived, or never will. */
  readonly unkeep: EntryKind<{ readonly number: number }, Record<never, never>>;
  /** An incarnation of a server begins. */
  readonly hi: EntryKind<ServerAddress, Record<never, never>>;
  /** An incarnation of a server is over: nothing that it appends later is applied. */
  readonly gone: EntryKind<{ readonly incarnation: string }, Record<never, never>>;
  /** A server that will not come back: nothing waits for it any more. Refused with `busy` for one that is there. */
  readonly forget: EntryKind<{ readonly server: string }, Record<never, never>>;
}

/** The members of an entry that sets a topic. */
export interface TopicMembers {
  readonly room: string;
  /** The nick of the client, or `SERVER`. */
  readonly from: string;
  readonly text: string;
}

/** The members of an entry that claims a nick. */
export interface NickMembers {
  /** The number of the member on its server. */
  readonly member: number;
  readonly nick: string;
  /**
   * The nick folded, and the keys of its look: made by the origin, so that servers whose tables of
   * letters differ judge alike.
   */
  readonly keys: readonly [folded: string, written: string, small: string];
  /** Whether the member may have it though it looks like another one. */
  readonly isOwn: boolean;
}

/** Numbers that no other guest has. */
export interface NumberBlock {
  readonly first: number;
  readonly count: number;
}

/** Where clients and other servers reach a server. */
export interface ServerAddress {
  /** The id of its data folder: 8 letters of base32. */
  readonly server: string;
  readonly host: string;
  readonly port: number;
  /** SHA-256 of its public key in hex; `null` without TLS. */
  readonly fingerprint: string | null;
}

/** The name of a kind of entries. */
export type EntryKindName = keyof EntryKinds;

/** An entry of a kind: `kind`, and its members. */
export type EntryOf<K extends EntryKindName> = { readonly kind: K } & EntryKinds[K]["members"];

/** An entry of the log. */
export type LogEntry = { [K in EntryKindName]: EntryOf<K> }[EntryKindName];

/** What comes of an entry that is not refused. */
export type OutcomeOf<K extends EntryKindName> = EntryKinds[K]["outcome"];

/** An entry that is applied: its effects are in the database of this server. */
export interface Applied<K extends EntryKindName> extends EntryContext {
  readonly entry: EntryOf<K>;
  readonly outcome: OutcomeOf<K>;
  /** What was handed to `append` with it, where this incarnation appended it; else `null`. */
  readonly token: unknown;
}

/** Where an entry stands in the log. */
export interface EntryContext {
  /** The incarnation that appended it. */
  readonly origin: string;
  /** The place of its record. */
  readonly place: number;
  /** The time of its record, in milliseconds since 1970. */
  readonly stampMs: number;
}

/**
 * Applies an entry to the database, in a transaction of the caller. What it does follows from the
 * database, the entry and its context only: no clock, no chance, no option of one server.
 *
 * @throws {RequestError} as all servers refuse the entry, before it has changed anything; else the
 * errors of SQLite
 */
export type Applier<K extends EntryKindName> = (
  entry: EntryOf<K>,
  context: EntryContext,
) => OutcomeOf<K>;

/** The appliers of some kinds of entries. */
export type Appliers<K extends EntryKindName> = { readonly [Kind in K]: Applier<Kind> };

/** What has come of an entry. */
export type EntryResult = AppliedResult | RefusedResult;

/** An entry that is applied. */
export type AppliedResult = {
  readonly [K in EntryKindName]: {
    readonly kind: K;
    readonly entry: EntryOf<K>;
    readonly outcome: OutcomeOf<K>;
  };
}[EntryKindName];

/** An entry that is refused, by all servers alike. */
export interface RefusedResult {
  readonly kind: null;
  readonly error: RequestError;
}

/** A record that is applied: its effects are in the database of this server. */
export interface AppliedRecord {
  readonly place: number;
  readonly stampMs: number;
  /** The incarnation that appended it; `""` for a malformed record. */
  readonly origin: string;
  /** Its number among the records of the origin; 0 for a malformed record. */
  readonly n: number;
  /** Why its entries have no effect; `null` if they have. */
  readonly skipped: "gone" | "repeated" | "malformed" | "diverged" | null;
  /** What has come of its entries, in their order; empty if they were skipped. */
  readonly results: readonly EntryResult[];
}
