import { RequestError } from "./errors.ts";
import { Fields, type JsonObject } from "./json.ts";
import { formatLinkKey, parseLinkKey } from "./link_key.ts";
import { cleanLine } from "./text.ts";

/** What a link is for: to fetch what is at its path, or to upload into the folder there. */
export type LinkKind = "get" | "put";

/** A link that has ended, and why. */
export type LinkEnd = "expired" | "used" | "revoked";

/** A link, as its creator sees it (section 3.10 of the protocol). Times are milliseconds since 1970. */
export interface LinkInfo {
  /** Its id, which is no secret. */
  readonly id: string;
  /** What it is for. */
  readonly kind: LinkKind;
  /** A path on the server; `""` is the root. */
  readonly path: string;
  /** When it was made. */
  readonly createdMs: number;
  /** From when on it does not work. */
  readonly expiresMs: number;
  /** The account that made it; `null` if it was made on the server's machine. */
  readonly user: string | null;
  /** How many claims it was made for; `null` for any number. */
  readonly count: number | null;
  /** How many of them are not taken yet; `null` for any number. */
  readonly left: number | null;
  /** How many bytes it takes in all; `null` for any number. */
  readonly sizeBytes: number | null;
  /** How many of them have not come yet; `null` for any number. */
  readonly bytesLeft: number | null;
  /** Only to be shown; `null` for none. */
  readonly note: string | null;
  /** `null` while it works. */
  readonly ended: LinkEnd | null;
}

/** A link that was just made. */
export interface MadeLink extends LinkInfo {
  /** Told this once: whoever has it beside the id may use the link. */
  readonly secret: string;
  /** What is at its path. */
  readonly type: "file" | "folder";
}

/** What a receiver is told of its link. */
export interface ReceivedLink extends Pick<LinkInfo, "kind" | "path" | "expiresMs"> {
  /** Claims that are not taken yet; `null` for any number. */
  readonly left: number | null;
}

const ENDS: readonly LinkEnd[] = ["expired", "used", "revoked"];

/**
 * Decodes DONE of LINK.
 *
 * @throws {RequestError} `bad-request`, also for an id or a secret that no link has: users paste them into shells
 */
export function decodeMadeLink(object: JsonObject): MadeLink {
  const fields = new Fields(object);
  const text = formatLinkKey({ id: fields.text("link"), secret: fields.text("secret") });
  const key = parseLinkKey(text);
  if (key === null) throw new RequestError("bad-request", "Cannot read the frame: it has no link");
  return { ...decodeAddedLink(fields), ...key };
}

/** Decodes a link that was just made, where only its creator knows the secret. */
export function decodeAddedLink(fields: Fields): Omit<MadeLink, "secret"> {
  const type = fields.text("type") === "folder" ? "folder" : "file";
  return { ...decodeLink(fields), type };
}

/** Decodes DONE of LNKS. */
export function decodeLinks(object: JsonObject): { links: LinkInfo[]; more: boolean } {
  const fields = new Fields(object);
  return { links: fields.objects("links").map(decodeLink), more: fields.flag("more") };
}

/** Decodes `link` in DONE of a login; `null` if that was none by a link. */
export function decodeReceivedLink(object: JsonObject): ReceivedLink | null {
  const fields = new Fields(object);
  if (!fields.has("link")) return null;
  const { kind, path, expiresMs, left } = decodeUse(fields.object("link"));
  return { kind, path, expiresMs, left };
}

function decodeUse(fields: Fields) {
  const kind: LinkKind = fields.text("kind") === "put" ? "put" : "get";
  return {
    kind,
    path: fields.text("path"),
    expiresMs: fields.integer("expires"),
    count: fields.optionalInteger("count") ?? null,
    left: fields.optionalInteger("left") ?? null,
  };
}

function decodeLink(fields: Fields): LinkInfo {
  const note = fields.optionalText("note");
  const ended = fields.optionalText("ended");
  return {
    id: cleanLine(fields.text("link")),
    ...decodeUse(fields),
    sizeBytes: fields.optionalInteger("size") ?? null,
    bytesLeft: fields.optionalInteger("sizeLeft") ?? null,
    createdMs: fields.integer("created"),
    user: fields.optionalText("user") ?? null,
    note: note === undefined ? null : cleanLine(note),
    ended: ENDS.find((known) => known === ended) ?? null,
  };
}
