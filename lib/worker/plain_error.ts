import {
  DiskError,
  type DiskErrorCode,
  isPermissionMissing,
  systemCode,
} from "../files/disk_error.ts";
import {
  messageOf,
  ProtocolError,
  type ProtocolErrorCode,
  RequestError,
  type RequestErrorCode,
  type RequestErrorReason,
} from "../protocol/errors.ts";

/** An error as plain data: a posted error would lose its class. */
export interface PlainError {
  readonly kind: "request" | "disk" | "protocol" | "other";
  readonly code: string;
  readonly path: string;
  readonly message: string;
  /** Of a `RequestError`. */
  readonly reason?: RequestErrorReason | null;
}

/** The error as plain data. */
export function toPlainError(error: unknown): PlainError {
  const message = messageOf(error);
  if (error instanceof RequestError) {
    const { code, reason } = error;
    return { kind: "request", code, path: "", message, reason };
  }
  if (error instanceof DiskError) {
    return { kind: "disk", code: error.code, path: error.path, message };
  }
  if (error instanceof ProtocolError) {
    return { kind: "protocol", code: error.code, path: "", message };
  }
  const code = isPermissionMissing(error) ? "EACCES" : systemCode(error);
  return { kind: "other", code, path: "", message };
}

/** The error that plain data stand for. */
export function fromPlainError({ kind, code, path, message, reason }: PlainError): Error {
  if (kind === "request") {
    return new RequestError(code as RequestErrorCode, message, reason ? { reason } : {});
  }
  if (kind === "disk") return new DiskError(code as DiskErrorCode, path, message);
  if (kind === "protocol") return new ProtocolError(code as ProtocolErrorCode, message);
  const error = new Error(message);
  return code === "" ? error : Object.assign(error, { code });
}
