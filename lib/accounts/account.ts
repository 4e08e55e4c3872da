import type { Role, Subject } from "./rights.ts";

/** An account, as it was when the store was asked. */
export interface Account extends Subject {
  /** As it was given, in NFC. */
  readonly name: string;
  /** What it is for. */
  readonly role: Role;
  /** When it was made, milliseconds since 1970. */
  readonly createdMs: number;
  /**
   * Another one after every change of the account. An account that was removed and added again is
   * another one, too.
   */
  readonly revision: number;
}
