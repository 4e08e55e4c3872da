import type { Link, NewLink } from "../accounts/link.ts";
import type { LinkKind } from "../protocol/link_answers.ts";
import type { VerifierText } from "./account_kinds.ts";
import type { EntryKind } from "./entry_kind.ts";

/** The kinds of entries about links. */
export interface LinkEntryKinds {
  /** A link is made. Refused with `busy` beyond the limits, and with `exists` if there is one of the id. */
  readonly link: EntryKind<LinkMembers, { readonly link: Link }>;
  /** A link is taken back. Refused with `not-found`. */
  readonly unlink: EntryKind<{ readonly link: string }, { readonly link: Link }>;
  /** A claim of a link is taken, or stays open. Refused with `denied` if none is left, or the link has ended. */
  readonly claim: EntryKind<ClaimMembers, { readonly untilMs: number }>;
}

/** The members of an entry that makes a link. */
export interface LinkMembers extends Omit<NewLink, "kind"> {
  /** The id of the link. */
  readonly link: string;
  readonly use: LinkKind;
  /** That of the secret, which stays with the creator. */
  readonly verifier: VerifierText;
}

/** The members of an entry that takes a claim. */
export interface ClaimMembers {
  readonly link: string;
  /** As the client gives it. */
  readonly claim: string;
}
