import { isRequestErrorCode, isRequestErrorReason, RequestError } from "./errors.ts";
import { Fields, type JsonObject } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { isAllowedPath } from "./path.ts";
import { cleanLine } from "./text.ts";

/** All of {@link OmissionReason}. */
export const OMISSION_REASONS = [
  "busy",
  "denied",
  "folder-link",
  "link",
  "link-loop",
  "link-skipped",
  "name",
  "not-empty",
  "own",
  "same-name",
  "special",
  "unicode",
] as const;

/** Why a listing, or DELE, leaves out what is there (sections 3.6 and 3.11 of the protocol). */
export type OmissionReason = (typeof OMISSION_REASONS)[number];

/** What a listing leaves out. */
export interface OmittedPath {
  /** Only to be shown: no request can name it, and it is not checked. */
  readonly path: string;
  /** `null` for a reason that this version does not know. */
  readonly reason: OmissionReason | null;
}

/** All that a page of a listing leaves out. */
export interface Omissions {
  /** At least the length of `paths`: not all are named. */
  readonly count: number;
  /** In the order of the listing. */
  readonly paths: readonly OmittedPath[];
}

/** The type of a listed path. Links have the type of their target. */
export type EntryType = "file" | "folder";

/** A file or a folder in an answer to LIST. */
export interface ListedEntry {
  /** Relative to the served root, with `/` as separator. */
  readonly path: string;
  /** A folder, or a regular file. */
  readonly type: EntryType;
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** The time of the last modification, milliseconds since 1970. */
  readonly mtime: number;
  /** Whether it is a link; absent where it is none, or the server does not tell. */
  readonly link?: boolean;
  /** Whether its owner may execute it; absent where not, or the server does not tell. */
  readonly exec?: boolean;
  /** The SHA-256 of a file in hex; absent where the server would have to read it, or was not asked. */
  readonly sha256?: string;
}

/** A page of a listing. */
export interface ListingPage {
  readonly entries: readonly ListedEntry[];
  /** Whether another page follows. */
  readonly more: boolean;
  /** The path of the last entry received, which may be left out; `null` if there was none. */
  readonly last: string | null;
  /** What the server leaves out, and what no client can request. */
  readonly omitted: Omissions;
  /** Whether the client may write in the folder; `null` where the server does not tell. */
  readonly mayWrite: boolean | null;
  /** Whether the client may rename and remove what is in it; `null` where the server does not tell. */
  readonly mayDelete: boolean | null;
  /** Whether the client may make links to what is in it. */
  readonly mayShare: boolean;
}

/** The answer to DELE: what was removed. */
export interface RemovedPath {
  /** How many files and links. */
  readonly files: number;
  /** How many folders. */
  readonly folders: number;
  /** What is left. */
  readonly omitted: Omissions;
}

/** The answer to STAT. */
export interface PathStatus extends Omit<ListedEntry, "sha256"> {
  /** Changes whenever the content may have changed; `null` for a folder. */
  readonly version: string | null;
  /** The hash of the content in hex; `null` for a folder. */
  readonly sha256: string | null;
}

/** FMET: the file whose data follow. */
export interface DownloadHead {
  readonly size: number;
  readonly mtime: number;
  readonly version: string;
  /** The position in the file of the first byte of data. */
  readonly offset: number;
  /** In hex; `null` if the server does not know it yet. */
  readonly sha256: string | null;
  /** Whether its owner may execute it; absent where not, or the server does not tell. */
  readonly exec?: boolean;
}

/** DONE of FPUT: the file is stored. */
export interface StoredUpload {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly version: string | null;
}

/**
 * Decodes DONE of LIST. Counts as omitted the paths that section 5 of the protocol forbids, which
 * could not be requested either, and paths that are neither `folder` nor inside it.
 */
export function decodeListing(object: JsonObject, folder = ""): ListingPage {
  const fields = new Fields(object);
  const all = fields.objects("entries").map(decodeEntry);
  const entries: ListedEntry[] = [];
  const refused: OmittedPath[] = [];
  for (const entry of all) {
    const { path } = entry;
    if (isAllowedPath(path) && isWithin(path, folder)) entries.push(entry);
    else refused.push({ path, reason: "name" });
  }
  const { count, paths } = decodeOmissions(fields.object("omitted"));
  return {
    entries,
    more: fields.flag("more"),
    mayWrite: fields.has("write") ? fields.flag("write") : null,
    mayDelete: fields.has("delete") ? fields.flag("delete") : null,
    mayShare: fields.flag("share"),
    last: all.at(-1)?.path ?? null,
    omitted: {
      count: count + refused.length,
      paths: [...paths, ...refused],
    },
  };
}

function decodeOmissions(fields: Fields): Omissions {
  const paths = fields.has("paths") ? fields.objects("paths").map(decodeOmittedPath) : [];
  return { paths, count: Math.max(paths.length, fields.optionalInteger("count") ?? 0) };
}

function decodeOmittedPath(fields: Fields): OmittedPath {
  const reason = fields.optionalText("reason");
  return {
    path: fields.text("path"),
    reason: OMISSION_REASONS.find((known) => known === reason) ?? null,
  };
}

/** Decodes DONE of DELE. */
export function decodeRemoved(object: JsonObject): RemovedPath {
  const fields = new Fields(object);
  return {
    files: fields.integer("files"),
    folders: fields.integer("folders"),
    omitted: decodeOmissions(fields.object("omitted")),
  };
}

/** Decodes DONE of STAT. */
export function decodeStatus(object: JsonObject): PathStatus {
  const fields = new Fields(object);
  return {
    ...decodeEntry(fields),
    version: fields.optionalText("version") ?? null,
    sha256: fields.optionalSha256("sha256"),
  };
}

/** Decodes FMET. */
export function decodeDownloadHead(object: JsonObject): DownloadHead {
  const fields = new Fields(object);
  const size = fields.integer("size");
  return {
    size,
    mtime: fields.integer("mtime", { minimum: Number.MIN_SAFE_INTEGER }),
    version: fields.text("version"),
    offset: fields.integer("offset", { maximum: size }),
    sha256: fields.optionalSha256("sha256"),
    ...(fields.flag("exec") && { exec: true }),
  };
}

/** Decodes DONE of FPUT. */
export function decodeStoredUpload(object: JsonObject): StoredUpload {
  const fields = new Fields(object);
  return {
    path: fields.text("path"),
    size: fields.integer("size"),
    sha256: fields.sha256("sha256"),
    version: fields.optionalText("version") ?? null,
  };
}

/** Decodes FAIL. An unknown code counts as `internal`, an unknown reason as none. */
export function decodeFailure(object: JsonObject): RequestError {
  const fields = new Fields(object);
  const code = fields.optionalText("code") ?? "";
  const reason = fields.optionalText("reason") ?? "";
  const message = cleanLine((fields.optionalText("message") ?? "").slice(0, LIMITS.messageBytes));
  const isKnown = isRequestErrorCode(code);
  const limitBytes = fields.optionalInteger("limit");
  const retryAfterMs = fields.optionalInteger("retryAfter");
  return new RequestError(isKnown ? code : "internal", message || undefined, {
    isFromPeer: true,
    isQuote: !isKnown && message !== "",
    ...(isRequestErrorReason(reason) && { reason }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function isWithin(path: string, folder: string): boolean {
  if (folder === "" || path.startsWith(`${folder}/`)) return true;
  const [inside, outside] = [path.normalize("NFC"), folder.normalize("NFC")];
  return inside === outside || inside.startsWith(`${outside}/`);
}

function decodeEntry(fields: Fields): ListedEntry {
  const sha256 = fields.optionalSha256("sha256");
  return {
    path: fields.text("path"),
    type: fields.text("type") === "file" ? "file" : "folder",
    size: fields.optionalInteger("size") ?? 0,
    mtime: fields.optionalInteger("mtime", { minimum: Number.MIN_SAFE_INTEGER }) ?? 0,
    ...(fields.flag("link") && { link: true }),
    ...(fields.flag("exec") && { exec: true }),
    ...(sha256 !== null && { sha256 }),
  };
}
