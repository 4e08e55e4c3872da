/** Names links where accounts are named; no account can have such a name. */
const USER_PREFIX = "link:";
const ID = /^[a-z2-7]{8}$/;
const TEXT = /^([a-z2-7]{8})\.([A-Za-z0-9_-]{20})$/;

/** The two halves of a link, as an address has them. */
export interface LinkKey {
  /** Names the link; it is no secret. */
  readonly id: string;
  /** Proves that its holder was given the link. */
  readonly secret: string;
}

/** Reads `ID.SECRET`; `null` if it is none. */
export function parseLinkKey(text: string): LinkKey | null {
  const [, id, secret] = TEXT.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** The inverse of {@link parseLinkKey}. */
export function formatLinkKey({ id, secret }: LinkKey): string {
  return `${id}.${secret}`;
}

/** The place of a link in the page of a server: what stands behind the server's address. */
export function linkPlace({ kind, ...key }: LinkKey & { readonly kind: "get" | "put" }): string {
  return `/#/${kind === "get" ? "get" : "send"}/${formatLinkKey(key)}`;
}

/** Whether a text is the id of a link. */
export function isLinkId(text: string): boolean {
  return ID.test(text);
}

/** The user that a client logs in as by a link. */
export function linkUser(id: string): string {
  return `${USER_PREFIX}${id}`;
}

/** The link of a user; `null` if the user is none. */
export function linkOfUser(user: string): string | null {
  const id = user.startsWith(USER_PREFIX) ? user.slice(USER_PREFIX.length) : "";
  return isLinkId(id) ? id : null;
}
