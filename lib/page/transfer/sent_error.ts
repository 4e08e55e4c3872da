import {
  ConnectionError,
  type ConnectionErrorCode,
  ProtocolError,
  type ProtocolErrorCode,
  RequestError,
  type RequestErrorCode,
  type RequestErrorReason,
} from "../../protocol/errors.ts";

/** An error on its way from a worker, which classes do not survive. */
export type SentError =
  | {
    readonly kind: "request";
    readonly code: RequestErrorCode;
    readonly reason: RequestErrorReason | null;
    readonly message: string;
    readonly isFromPeer: boolean;
    readonly isQuote: boolean;
  }
  | {
    readonly kind: "connection";
    readonly code: ConnectionErrorCode;
    readonly requestCode: RequestErrorCode | null;
    readonly requestReason: RequestErrorReason | null;
    readonly message: string;
    readonly isQuote: boolean;
  }
  | { readonly kind: "protocol"; readonly code: ProtocolErrorCode; readonly message: string }
  /** One of the browser, by its name. */
  | { readonly kind: "browser"; readonly name: string; readonly message: string };

/** Encodes an error for another thread. */
export function encodeError(error: unknown): SentError {
  if (error instanceof RequestError) {
    const { code, reason, message, isFromPeer, isQuote } = error;
    return { kind: "request", code, reason, message, isFromPeer, isQuote };
  }
  if (error instanceof ConnectionError) {
    const { code, requestCode, requestReason, message, isQuote } = error;
    return { kind: "connection", code, requestCode, requestReason, message, isQuote };
  }
  if (error instanceof ProtocolError) {
    return { kind: "protocol", code: error.code, message: error.message };
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { kind: "browser", name, message };
}

/** The error as it was thrown. */
export function decodeError(error: SentError): Error {
  switch (error.kind) {
    case "request": {
      const { code, reason, message, isFromPeer, isQuote } = error;
      const options = { isFromPeer, isQuote, ...(reason !== null && { reason }) };
      return new RequestError(code, message, options);
    }
    case "connection": {
      const { code, requestCode, requestReason, message, isQuote } = error;
      return new ConnectionError(code, message, {
        isQuote,
        ...(requestCode !== null && { requestCode }),
        ...(requestReason !== null && { requestReason }),
      });
    }
    case "protocol":
      return new ProtocolError(error.code, error.message);
    case "browser":
      return new DOMException(error.message, error.name);
  }
}
