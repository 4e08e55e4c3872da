/** A right: to read, write or delete files, to take part in the chat, to make links, to administer the server. */
export type Right = GrantableRight | "admin";

/** The kind of an account. */
export type Role = "member" | "admin";

/** The rights that can be granted one by one; `admin` comes with the role only. */
export const GRANTABLE_RIGHTS: readonly GrantableRight[] = [
  "read",
  "write",
  "delete",
  "chat",
  "share",
];

/** The rights that guests can have: a link needs an account that can take it back. */
export const GUEST_RIGHTS: readonly GrantableRight[] = ["read", "write", "delete", "chat"];

/** A right that can be granted by itself. */
export type GrantableRight = "read" | "write" | "delete" | "chat" | "share";

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
  member: new Set(["read", "write", "delete", "chat"]),
  admin: new Set([...GRANTABLE_RIGHTS, "admin"]),
};

/** The error for an unknown word in a list of rights. */
export class RightsError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "RightsError";
  /** The reason, as in the other error classes. */
  readonly code = "unknown-right";

  /** @param word stands in place of a right @param rights those that there are */
  constructor(readonly word: string, rights: readonly GrantableRight[] = GRANTABLE_RIGHTS) {
    const known = [...rights, NO_RIGHTS].join(", ");
    super(`Cannot give the right "${word}": there is none of that name, but ${known}`);
  }
}

/**
 * The rights of a role. `write` and `delete` have an effect only on a server that accepts uploads. Members make
 * no links unless a rule lets them: their files would leave the circle of accounts.
 */
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
 * @param known the rights that may be in it
 * @throws {RightsError}
 */
export function parseRights(
  text: string,
  known: readonly GrantableRight[] = GRANTABLE_RIGHTS,
): ReadonlySet<GrantableRight> {
  const words = text.split(",").map((word) => word.trim());
  if (words.length === 1 && words[0] === NO_RIGHTS) return new Set();
  return new Set(words.map((word) => checkRight(word, known)));
}

/** The inverse of {@link parseRights}. */
export function formatRights(rights: ReadonlySet<Right>): string {
  return GRANTABLE_RIGHTS.filter((right) => rights.has(right)).join(",") || NO_RIGHTS;
}

function checkRight(word: string, known: readonly GrantableRight[]): GrantableRight {
  const right = known.find((each) => each === word);
  if (right === undefined) throw new RightsError(word, known);
  return right;
}

/** The rights that a line of the rule file can give. */
export const FILE_RIGHTS = ["read", "write", "delete", "share"] as const;

/** The rights on a path. */
export type FileRights = Readonly<Record<typeof FILE_RIGHTS[number], boolean>>;

/** None of these rights. */
export const NO_FILE_RIGHTS: FileRights = fileRightsOf(new Set());

/** The rights on a file that general rights grant. */
export function fileRightsOf(rights: ReadonlySet<Right>): FileRights {
  return {
    read: rights.has("read"),
    write: rights.has("write"),
    delete: rights.has("delete"),
    share: rights.has("share"),
  };
}
