/** A right: to read or write files, to take part in the chat, to administer the server. */
export type Right = "read" | "write" | "chat" | "admin";

/** The kind of an account. */
export type Role = "member" | "admin";

/** The rights that can be granted one by one; `admin` comes with the role only. */
export const GRANTABLE_RIGHTS: readonly GrantableRight[] = ["read", "write", "chat"];

/** A right that can be granted by itself. */
export type GrantableRight = "read" | "write" | "chat";

/** The list of no rights. */
export const NO_RIGHTS = "none";

/** The holder of rights: an account, or a client without an account. */
export interface Subject {
  /** The account's name; `null` for a guest. */
  readonly name: string | null;
  /** The role of the account; `guest` without an account. */
  readonly role: Role | "guest";
  /** The general rights, which hold where no rule decides. */
  readonly rights: ReadonlySet<Right>;
}

const ROLE_RIGHTS: Readonly<Record<Role, ReadonlySet<Right>>> = {
  member: new Set(["read", "write", "chat"]),
  admin: new Set(["read", "write", "chat", "admin"]),
};

/** The error for an unknown word in a list of rights. */
export class RightsError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "RightsError";
  /** The reason, as in the other error classes. */
  readonly code = "unknown-right";

  /** @param word stands in place of a right */
  constructor(readonly word: string) {
    const known = [...GRANTABLE_RIGHTS, NO_RIGHTS].join(", ");
    super(`Cannot give the right "${word}": there is none of that name, but ${known}`);
  }
}

/** The rights of a role. `write` has an effect only on a server that accepts uploads. */
export function rightsOfRole(role: Role): ReadonlySet<Right> {
  return ROLE_RIGHTS[role];
}

/** A client without an account that has these rights. */
export function guestSubject(rights: ReadonlySet<GrantableRight>): Subject {
  return { name: null, role: "guest", rights };
}

/**
 * Parses a list such as `read,chat`; `none`, alone, is the empty list. Spaces around commas and the
 * order have no meaning.
 *
 * @throws {RightsError}
 */
export function parseRights(text: string): ReadonlySet<GrantableRight> {
  const words = text.split(",").map((word) => word.trim());
  if (words.length === 1 && words[0] === NO_RIGHTS) return new Set();
  return new Set(words.map(checkRight));
}

/** The inverse of {@link parseRights}. */
export function formatRights(rights: ReadonlySet<Right>): string {
  return GRANTABLE_RIGHTS.filter((right) => rights.has(right)).join(",") || NO_RIGHTS;
}

function checkRight(word: string): GrantableRight {
  const right = GRANTABLE_RIGHTS.find((known) => known === word);
  if (right === undefined) throw new RightsError(word);
  return right;
}

/** The rights on a path. Only four of these objects exist. */
export interface FileRights {
  readonly read: boolean;
  readonly write: boolean;
}

const READ_WRITE: FileRights = { read: true, write: true };
const READ: FileRights = { read: true, write: false };
const WRITE: FileRights = { read: false, write: true };

/** Neither right. */
export const NO_FILE_RIGHTS: FileRights = { read: false, write: false };

/** The rights on a file that general rights grant. */
export function fileRightsOf(rights: ReadonlySet<Right>): FileRights {
  if (rights.has("read")) return rights.has("write") ? READ_WRITE : READ;
  return rights.has("write") ? WRITE : NO_FILE_RIGHTS;
}
