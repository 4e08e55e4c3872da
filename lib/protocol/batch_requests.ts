import { areHashes, contentBytes, integers } from "./batch_head.ts";
import { RequestError } from "./errors.ts";
import type { Fields, JsonObject } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { checkFolderPath, checkPath, pathIn } from "./path.ts";
import { MTIME_RANGE } from "./upload_request.ts";

/** MGET: many small files. */
export interface BatchRequest {
  readonly type: "MGET";
  /** At most `LIMITS.batchFiles`. */
  readonly paths: readonly string[];
  /** By file: the SHA-256 of what the client has, in hex; `null` for nothing. */
  readonly have: readonly (string | null)[];
  /** Whether the client only asks which of its files are the same. */
  readonly compare: boolean;
}

/** MPUT: many small files that the client uploads. */
export interface BatchUploadRequest {
  readonly type: "MPUT";
  /** At most `LIMITS.batchFiles`. */
  readonly paths: readonly string[];
  /** Bytes of each file, at most `LIMITS.batchFileBytes`; of all, at most `LIMITS.batchBytes`. */
  readonly sizes: readonly number[];
  readonly mtimes: readonly number[];
  /** 64 hex digits for each file, one behind the other. */
  readonly sha256: string;
  /** The files that those may execute that may read them, by their index. */
  readonly exec: readonly number[];
  readonly replace: boolean;
  readonly room: string | null;
}

/** Decodes MGET. @throws {RequestError} `bad-request`, `bad-path` */
export function decodeBatchRequest(fields: Fields): BatchRequest {
  const paths = batchPaths(fields);
  return {
    type: "MGET",
    paths,
    have: batchHashes(fields, paths.length),
    compare: fields.flag("compare"),
  };
}

/** Decodes MPUT. @throws {RequestError} `bad-request`, `bad-path` */
export function decodeBatchUpload(fields: Fields, object: JsonObject): BatchUploadRequest {
  const paths = batchPaths(fields);
  const sizes = integers(object, "sizes", { minimum: 0, maximum: LIMITS.batchFileBytes });
  const mtimes = integers(object, "mtimes", MTIME_RANGE);
  const sha256 = fields.text("sha256").toLowerCase();
  const isWhole = sizes.length === paths.length && mtimes.length === paths.length &&
    areHashes(sha256, paths.length);
  if (!isWhole || contentBytes(sizes) > LIMITS.batchBytes) {
    throw new RequestError(
      "bad-request",
      `Cannot accept the batch: it must tell of each file once, at most ${LIMITS.batchBytes} bytes`,
    );
  }
  return {
    type: "MPUT",
    paths,
    sizes,
    mtimes,
    sha256,
    exec: integers(object, "exec", { minimum: 0, maximum: paths.length - 1 }),
    replace: fields.flag("replace"),
    room: fields.optionalText("room") ?? null,
  };
}

/** `names` holds one name a line, below `path`: no path holds a line end. */
function batchPaths(fields: Fields): string[] {
  const folder = checkFolderPath(fields.text("path"));
  const names = fields.text("names").split("\n");
  if (names.length <= LIMITS.batchFiles) {
    return names.map((name) => checkPath(pathIn(folder, name)));
  }
  throw new RequestError(
    "bad-request",
    `Cannot accept the batch: it names ${names.length} files, at most ${LIMITS.batchFiles}`,
  );
}

/** `have` holds a hash a line, or an empty line. */
function batchHashes(fields: Fields, count: number): (string | null)[] {
  const text = fields.optionalText("have");
  if (text === undefined) return new Array(count).fill(null);
  const hashes = text.split("\n");
  if (hashes.length === count && hashes.every((hash) => /^([0-9a-f]{64})?$/i.test(hash))) {
    return hashes.map((hash) => hash === "" ? null : hash.toLowerCase());
  }
  throw new RequestError(
    "bad-request",
    'Cannot accept the batch: "have" must hold a SHA-256 or nothing for each file',
  );
}
