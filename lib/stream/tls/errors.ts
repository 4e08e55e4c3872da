import { ConnectionError, type ConnectionErrorCode, messageOf } from "../../protocol/errors.ts";

/** The runtime's error (2.7 to 2.9) for input that is not TLS. */
const NO_TLS = /received corrupt message of type InvalidContentType/;
/** The runtime's error for a certificate that fails the verification. */
const BAD_CERTIFICATE = /invalid peer certificate/;

/** The runtime's error for an alert of the peer. */
const ALERT = /received fatal alert/;

/** Whether a handshake failed because of the certificate of the peer. */
export function isCertificateError(error: unknown): boolean {
  return error instanceof Error && BAD_CERTIFICATE.test(error.message);
}

/** Whether the peer gave the handshake up, such as for our certificate. */
export function isHandshakeAborted(error: unknown): boolean {
  const hasLeft = error instanceof Deno.errors.UnexpectedEof ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe;
  return hasLeft || (error instanceof Error && ALERT.test(error.message));
}

/** Whether the peer closed without close_notify, which ends the stream as it does without TLS. */
export function isTruncation(error: unknown): boolean {
  return error instanceof Deno.errors.UnexpectedEof;
}

/** The error for a failed handshake: `tls-unexpected` or `handshake`. */
export function asHandshakeError(error: unknown, address: string): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const reason = messageOf(error);
  const code: ConnectionErrorCode = NO_TLS.test(reason) ? "tls-unexpected" : "handshake";
  const message = code === "handshake"
    ? `Cannot connect to ${address}: the TLS handshake failed: ${reason}`
    : `Cannot connect to ${address}: the server does not speak TLS`;
  return new ConnectionError(code, message, { cause: error, address });
}
