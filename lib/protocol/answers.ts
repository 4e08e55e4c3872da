import {
  isRequestErrorCode,
  isRequestErrorReason,
  RequestError,
  type RequestErrorCode,
} from "./errors.ts";
import { Fields, type JsonObject } from "./json.ts";
import { isAllowedPath } from "./path.ts";
import { cleanLine } from "./text.ts";

/** What a path of a listing leads to. */
export type EntryType = "file" | "folder";

/** A file or a folder, as LIST tells of it. */
export interface ListedEntry {
  /** Relative to the served root, with `/`. */
  readonly path: string;
  /** What it is. */
  readonly type: EntryType;
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** When the content changed last, milliseconds since 1970. */
  readonly mtime: number;
}

/** A page of a listing. */
export interface ListingPage {
  readonly entries: readonly ListedEntry[];
  /** There is more after the last entry. */
  readonly more: boolean;
  /** The path of the last entry, even where that is one which is left out; `null` for none. */
  readonly last: string | null;
}

/** What STAT tells. */
export interface PathStatus extends ListedEntry {
  /** Changes whenever the content may have changed; `null` for a folder. */
  readonly version: string | null;
  /** In hex; `null` for a folder. */
  readonly sha256: string | null;
}

/** FMET: the file that is about to come. */
export interface DownloadHead {
  readonly size: number;
  readonly mtime: number;
  readonly version: string;
  /** Where in the file the data begins. */
  readonly offset: number;
  /** In hex, where the server knows it already. */
  readonly sha256: string | null;
}

/** DONE of an upload. */
export interface StoredUpload {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly version: string | null;
}

/**
 * Reads DONE of LIST. Left out is what the path rules forbid, which could not be asked for either,
 * and what is not in the folder that was asked for, nor that very path.
 */
export function decodeListing(object: JsonObject, folder = ""): ListingPage {
  const fields = new Fields(object);
  const entries = fields.objects("entries").map(readEntry);
  return {
    entries: entries.filter(({ path }) => isAllowedPath(path) && isAt(path, folder)),
    more: fields.flag("more"),
    last: entries.at(-1)?.path ?? null,
  };
}

/** Reads DONE of STAT. */
export function decodeStatus(object: JsonObject): PathStatus {
  const fields = new Fields(object);
  return {
    ...readEntry(fields),
    version: fields.optionalText("version") ?? null,
    sha256: fields.optionalSha256("sha256"),
  };
}

/** Reads FMET. */
export function decodeDownloadHead(object: JsonObject): DownloadHead {
  const fields = new Fields(object);
  const size = fields.integer("size");
  return {
    size,
    mtime: fields.integer("mtime", { minimum: Number.MIN_SAFE_INTEGER }),
    version: fields.text("version"),
    offset: fields.integer("offset", { maximum: size }),
    sha256: fields.optionalSha256("sha256"),
  };
}

/** Reads DONE of FPUT. */
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
  const message = cleanLine(fields.optionalText("message") ?? "");
  const known: RequestErrorCode = isRequestErrorCode(code) ? code : "internal";
  return new RequestError(known, message || undefined, {
    isFromPeer: message !== "",
    ...(isRequestErrorReason(reason) && { reason }),
  });
}

function isAt(path: string, folder: string): boolean {
  if (folder === "") return true;
  const [inside, outside] = [path.normalize("NFC"), folder.normalize("NFC")];
  return inside === outside || inside.startsWith(`${outside}/`);
}

function readEntry(fields: Fields): ListedEntry {
  return {
    path: fields.text("path"),
    type: fields.text("type") === "file" ? "file" : "folder",
    size: fields.optionalInteger("size") ?? 0,
    mtime: fields.optionalInteger("mtime", { minimum: Number.MIN_SAFE_INTEGER }) ?? 0,
  };
}
