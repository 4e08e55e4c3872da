import type { Role, Subject } from "./rights.ts";

/** An account, as of the time it was read from the store. */
export interface Account extends Subject {
  /** The name as given, in NFC. */
  readonly name: string;
  /** The kind of account. */
  readonly role: Role;
  /** The time of creation, milliseconds since 1970. */
  readonly createdMs: number;
  /** Differs after every change of the account, and after it is removed and added again. */
  readonly revision: number;
}
