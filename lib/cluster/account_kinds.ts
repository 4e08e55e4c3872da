import type { Account } from "../accounts/account.ts";
import type { NewAccount } from "../accounts/account_changes.ts";
import type { Ban } from "../chat/ban.ts";
import type { EntryKind } from "./entry_kind.ts";

/** The kinds of entries about accounts, bans and rules. */
export interface AccountEntryKinds {
  /** What all accounts share, for a log that has no accounts. Refused with `exists` if it is there. */
  readonly secret: EntryKind<AccountSecret, Record<never, never>>;
  /** An account is added. Refused with `exists`. */
  readonly adduser: EntryKind<NewAccountText, AccountOutcome>;
  /** An account gets another password. Refused with `not-found`. */
  readonly passwd: EntryKind<
    { readonly name: string; readonly verifier: VerifierText },
    AccountOutcome
  >;
  /** An account is removed. Refused with `not-found`. */
  readonly deluser: EntryKind<{ readonly name: string }, AccountOutcome>;
  /** A ban, in place of an earlier one of the same subject. */
  readonly ban: EntryKind<BanMembers, { readonly ban: Ban }>;
  /** A ban is lifted. */
  readonly unban: EntryKind<BanSubject, { readonly wasBanned: boolean }>;
  /** The rules of folders, in place of earlier ones: the text of the file. */
  readonly rules: EntryKind<{ readonly text: string }, Record<never, never>>;
  /**
   * A part of rules that are too long for an entry: the last one puts them in place of earlier ones. Refused with
   * `changed` unless it follows the one before; the first one begins anew.
   */
  readonly rulepart: EntryKind<RulePart, Record<never, never>>;
}

/** A part of the text of a rule file. */
export interface RulePart {
  /** Of the whole text, in hex. */
  readonly sha256: string;
  /** From 0, … */
  readonly part: number;
  /** … of so many. */
  readonly parts: number;
  /** In base64. */
  readonly text: string;
}

/** What all accounts, and the mock verifiers of names without one, have in common. */
export interface AccountSecret {
  /** In base64. */
  readonly secret: string;
  readonly iterations: number;
}

/** A verifier, its bytes in base64. */
export interface VerifierText {
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
}

/** The members of an entry that adds an account. */
export type NewAccountText = Omit<NewAccount, "verifier"> & { readonly verifier: VerifierText };

/** The account that an entry is about, as it is then, or was. */
export interface AccountOutcome {
  readonly account: Account;
}

/** What a ban is about. */
export interface BanSubject {
  readonly target: Ban["kind"];
  /** As in the ban. */
  readonly subject: string;
}

/** The members of an entry that bans. */
export interface BanMembers extends BanSubject {
  /** `null` for ever. */
  readonly durationMs: number | null;
  /** Text of the operator; may be empty. */
  readonly reason: string;
  /** What the clients that are removed are told. */
  readonly notice: string;
}
