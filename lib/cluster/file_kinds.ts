import type { PutOutcome } from "../files/catalogue_changes.ts";
import type { EntryType } from "../protocol/answers.ts";
import type { EntryKind } from "./entry_kind.ts";

/** The kinds of entries about files and folders. */
export interface FileEntryKinds {
  /** A file has a path: its origin has the content. Its bytes are counted for the link that it came by. */
  readonly put: EntryKind<PutMembers, { readonly what: PutOutcome }>;
  /** A folder is made, with those on its way. */
  readonly mkdir: EntryKind<{ readonly path: string }, { readonly isNew: boolean }>;
  /** Files, and folders that are empty, are removed, one after the other. */
  readonly rm: EntryKind<
    { readonly paths: readonly string[] },
    /** By path; `null` for what was not there, or not empty. */
    { readonly removed: readonly (EntryType | null)[] }
  >;
  /** A file or a folder gets another path. */
  readonly mv: EntryKind<
    { readonly from: string; readonly to: string; readonly replace: boolean },
    Record<never, never>
  >;
  /** The origin has contents, … */
  readonly have: EntryKind<{ readonly contents: readonly string[] }, Record<never, never>>;
  /** … or has them no more. */
  readonly lost: EntryKind<{ readonly contents: readonly string[] }, Record<never, never>>;
}

/** A file of the catalogue. */
export interface PutMembers {
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
  /** In hex. */
  readonly sha256: string;
  readonly exec: boolean;
  /** Whether it may replace a file. */
  readonly replace: boolean;
  /** The SHA-256 of the only content that it may replace; `null` for any. */
  readonly former: string | null;
  /** The id of the link by which it came, which has to take it; `null` for none. */
  readonly link: string | null;
}
