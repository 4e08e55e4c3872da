import { messageOf, RequestError, type RequestErrorCode } from "../protocol/errors.ts";

/** Why an operation on the local disk failed. */
export type DiskErrorCode =
  | "no-space"
  | "denied"
  | "read-only"
  | "busy"
  | "open-files"
  | "replaced"
  | "exists"
  | "own"
  | "in-use"
  | "root-gone"
  | "not-found"
  | "not-a-folder"
  | "is-a-file"
  | "io";

/** What a file system is short of, in bytes. */
export interface DiskSpace {
  /** What is to be written. */
  readonly needed: number;
  /** What is free. */
  readonly free: number;
}

/** Options of a {@link DiskError}. */
export interface DiskErrorOptions extends ErrorOptions {
  /** See {@link DiskError.space}. Default `null`. */
  readonly space?: DiskSpace;
}

/** An operation on the local disk failed: no space, no permission, file in use. */
export class DiskError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "DiskError";

  /** With `no-space`, if it was found out before anything was written: the bytes that are needed and free. */
  readonly space: DiskSpace | null;

  /** `path` is a path of this machine, never sent to a peer. */
  constructor(
    readonly code: DiskErrorCode,
    readonly path: string,
    message: string,
    options: DiskErrorOptions = {},
  ) {
    super(message, options);
    this.space = options.space ?? null;
  }
}

const SYSTEM_CODES: Record<string, DiskErrorCode> = {
  ENOSPC: "no-space",
  EDQUOT: "no-space",
  EFBIG: "no-space",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "read-only",
  EMFILE: "open-files",
  ENFILE: "open-files",
  EEXIST: "exists",
  EISDIR: "exists",
  ENOENT: "not-found",
  ENOTDIR: "not-a-folder",
};

/** Error numbers of Linux and macOS for which the runtime (2.9) sets no `code`. */
const UNNAMED_CODES: Readonly<Record<string, string>> = {
  "27": "EFBIG",
  "69": "EDQUOT",
  "122": "EDQUOT",
};

/** The system's code of an error, such as `ENOSPC`, or `""`. */
export function systemCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") return code;
  const number = error instanceof Error
    ? /\(os error (\d+)\)$/.exec(error.message)?.[1]
    : undefined;
  return number === undefined ? "" : UNNAMED_CODES[number] ?? "";
}

/** Wraps an error thrown during `action`; a {@link DiskError} is returned unchanged. */
export function asDiskError(error: unknown, path: string, action: string): DiskError {
  if (error instanceof DiskError) return error;
  const code = SYSTEM_CODES[systemCode(error)] ?? classCode(error);
  const reason = withoutSystemDetails(messageOf(error));
  return new DiskError(code, path, `Cannot ${action} ${path}: ${reason}`, { cause: error });
}

/** The error for what is not what it was: it was moved, removed or replaced. */
export function replacedError(path: string): DiskError {
  return new DiskError("replaced", path, `Cannot use ${path}: it is not what it was`);
}

/** Drops what follows the words of a system error: its number, the call, and the path, which may be internal. */
export function withoutSystemDetails(message: string): string {
  return message.replace(/ \(os error \d+\).*$/s, "");
}

/** The code that peers get for a disk error. */
const REQUEST_CODES: Readonly<Record<DiskErrorCode, RequestErrorCode>> = {
  "no-space": "no-space",
  "denied": "denied",
  "read-only": "denied",
  "busy": "busy",
  "open-files": "busy",
  "replaced": "busy",
  "exists": "exists",
  "own": "bad-path",
  "in-use": "busy",
  "root-gone": "busy",
  // Of a path of the server itself: what a peer names is looked up before
  "not-found": "internal",
  "not-a-folder": "internal",
  "is-a-file": "internal",
  "io": "internal",
};

/** Converts an error of the served folder to the one for the peer that sent the request. */
export function asRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  const options = { cause: error };
  if (error instanceof DiskError) {
    const reason = error.code === "root-gone" ? error.code : undefined;
    return new RequestError(REQUEST_CODES[error.code], error.message, {
      ...options,
      ...(reason && { reason }),
    });
  }
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return new RequestError("not-found", undefined, options);
  }
  // A name that this system does not allow cannot exist on it
  if (["ENAMETOOLONG", "ELOOP", "EINVAL", "EILSEQ"].includes(systemCode(error))) {
    return new RequestError("not-found", undefined, options);
  }
  const code = REQUEST_CODES[SYSTEM_CODES[systemCode(error)] ?? classCode(error)];
  if (code !== "internal") return new RequestError(code, undefined, options);
  return new RequestError(code, error instanceof Error ? error.message : undefined, options);
}

function classCode(error: unknown): DiskErrorCode {
  const isDenied = error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotCapable;
  return isDenied ? "denied" : "io";
}

/** Whether the program lacks a permission of Deno, where the system would give it. */
export function isPermissionMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable;
}
