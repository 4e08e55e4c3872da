import { messageOf, RequestError, type RequestErrorCode } from "../protocol/errors.ts";

/** What can be wrong with a disk of our own. */
export type DiskErrorCode = "no-space" | "denied" | "busy" | "exists" | "io";

/** The local disk failed: full, forbidden, in use. `path` says where. */
export class DiskError extends Error {
  /** Tells the class apart where `instanceof` cannot. */
  override readonly name = "DiskError";

  /** `path` is where on this machine; no peer is told. */
  constructor(
    readonly code: DiskErrorCode,
    readonly path: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const SYSTEM_CODES: Record<string, DiskErrorCode> = {
  ENOSPC: "no-space",
  EDQUOT: "no-space",
  EFBIG: "no-space",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied",
  EMFILE: "busy",
  ENFILE: "busy",
  EEXIST: "exists",
  EISDIR: "exists",
};

/** Numbers that the runtime (2.9) gives no code for, on Linux and macOS. */
const UNNAMED_CODES: Readonly<Record<string, string>> = {
  "27": "EFBIG",
  "69": "EDQUOT",
  "122": "EDQUOT",
};

/** The system's own code of an error, such as `ENOSPC`, or `""`. */
export function systemCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") return code;
  const number = error instanceof Error
    ? /\(os error (\d+)\)$/.exec(error.message)?.[1]
    : undefined;
  return number === undefined ? "" : UNNAMED_CODES[number] ?? "";
}

/** Turns what the system threw at `action` into a {@link DiskError}, which it returns unchanged. */
export function asDiskError(error: unknown, path: string, action: string): DiskError {
  if (error instanceof DiskError) return error;
  const code = SYSTEM_CODES[systemCode(error)] ?? classCode(error);
  const reason = messageOf(error);
  return new DiskError(code, path, `Cannot ${action} ${path}: ${reason}`, { cause: error });
}

/** What a peer is told of a disk that fails. */
const REQUEST_CODES: Readonly<Record<DiskErrorCode, RequestErrorCode>> = {
  "no-space": "no-space",
  "denied": "denied",
  "busy": "busy",
  "exists": "exists",
  "io": "internal",
};

/** Turns what the system threw at a served file into what the asking peer is told. */
export function asRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  const options = { cause: error };
  if (error instanceof DiskError) {
    return new RequestError(REQUEST_CODES[error.code], error.message, options);
  }
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return new RequestError("not-found", undefined, options);
  }
  // What a name cannot be on this system does not exist on it
  if (["ENAMETOOLONG", "ELOOP", "EINVAL", "EILSEQ"].includes(systemCode(error))) {
    return new RequestError("not-found", undefined, options);
  }
  const code = REQUEST_CODES[SYSTEM_CODES[systemCode(error)] ?? classCode(error)];
  if (code !== "internal") return new RequestError(code, undefined, options);
  return new RequestError(code, error instanceof Error ? error.message : undefined, options);
}

function classCode(error: unknown): DiskErrorCode {
  const denied = error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotCapable;
  return denied ? "denied" : "io";
}
