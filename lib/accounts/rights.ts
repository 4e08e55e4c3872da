/** What somebody may do: read and write files, take part in the chat, steer the server. */
export type Right = "read" | "write" | "chat" | "admin";

/** What an account is for. */
export type Role = "member" | "admin";

/** The rights that can be given one by one; `admin` comes with the role. */
export const GRANTABLE_RIGHTS: readonly GrantableRight[] = ["read", "write", "chat"];

/** A right that can be given by itself. */
export type GrantableRight = "read" | "write" | "chat";

/** Stands for no right at all. */
export const NO_RIGHTS = "none";

/** Somebody whose rights are asked for: an account, or a client without one. */
export interface Subject {
  /** The account's name, or `null`. */
  readonly name: string | null;
  /** Whether it is somebody with an account at all, and which kind. */
  readonly role: Role | "guest";
  /** What it may do where no rule says otherwise. */
  readonly rights: ReadonlySet<Right>;
}

const ROLE_RIGHTS: Readonly<Record<Role, ReadonlySet<Right>>> = {
  member: new Set(["read", "write", "chat"]),
  admin: new Set(["read", "write", "chat", "admin"]),
};

/** A list of rights names one that there is not. */
export class RightsError extends Error {
  /** Tells the class apart where `instanceof` cannot. */
  override readonly name = "RightsError";

  /** `word` stands where a right was expected. */
  constructor(readonly word: string) {
    const known = [...GRANTABLE_RIGHTS, NO_RIGHTS].join(", ");
    super(`Cannot give the right "${word}": there is none of that name, but ${known}`);
  }
}

/**
 * The rights of a role. That to write means something only where the server takes uploads at all.
 */
export function rightsOfRole(role: Role): ReadonlySet<Right> {
  return ROLE_RIGHTS[role];
}

/** A client without an account that has these rights. */
export function guestSubject(rights: ReadonlySet<GrantableRight>): Subject {
  return { name: null, role: "guest", rights };
}

/**
 * Reads a list such as `read,chat`; `none`, alone, is an empty one. Spaces round the commas do not
 * count, and neither does the order.
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

/** What somebody may do with one path. There are four of these objects only. */
export interface FileRights {
  readonly read: boolean;
  readonly write: boolean;
}

const READ_WRITE: FileRights = { read: true, write: true };
const READ: FileRights = { read: true, write: false };
const WRITE: FileRights = { read: false, write: true };

/** Nothing at all. */
export const NO_FILE_RIGHTS: FileRights = { read: false, write: false };

/** What rights mean for files. */
export function fileRightsOf(rights: ReadonlySet<Right>): FileRights {
  if (rights.has("read")) return rights.has("write") ? READ_WRITE : READ;
  return rights.has("write") ? WRITE : NO_FILE_RIGHTS;
}
