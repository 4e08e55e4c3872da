import { RequestError } from "./errors.ts";
import type { Fields } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { checkPath } from "./path.ts";

/** FPUT: a file that the client uploads. */
export interface UploadRequest {
  readonly type: "FPUT";
  readonly path: string;
  readonly size: number;
  readonly mtime: number | null;
  readonly key: string | null;
  readonly replace: boolean;
  readonly room: string | null;
  /** Whether those that may read the file may execute it. */
  readonly exec: boolean;
  /** Of the whole file, in hex: the client waits for REDY, or DONE; `null` if it may not. */
  readonly sha256: string | null;
}

/** Whether the client of an upload sends data only after REDY. */
export function waitsForReady({ key, sha256 }: UploadRequest): boolean {
  return key !== null || sha256 !== null;
}

/** Times that a JavaScript date can hold; they may lie before 1970. */
export const MTIME_RANGE = { minimum: -8.64e15, maximum: 8.64e15 };

/** Decodes the payload of FPUT. @throws {RequestError} `bad-request`, `bad-path` */
export function decodeUpload(fields: Fields): UploadRequest {
  return {
    type: "FPUT",
    path: checkPath(fields.text("path")),
    size: fields.integer("size"),
    mtime: fields.optionalInteger("mtime", MTIME_RANGE) ?? null,
    key: uploadKey(fields),
    replace: fields.flag("replace"),
    room: fields.optionalText("room") ?? null,
    exec: fields.flag("exec"),
    sha256: fields.optionalSha256("sha256"),
  };
}

function uploadKey(fields: Fields): string | null {
  const key = fields.optionalText("key");
  if (key === undefined) return null;
  const { uploadKeyCharacters: limit } = LIMITS;
  const mayFit = key.length >= 1 && key.length <= 2 * limit; // A character has one or two units
  if (mayFit && [...key].length <= limit) return key;
  throw new RequestError(
    "bad-request",
    `Cannot accept the upload: its key must have 1 to ${limit} characters`,
  );
}
