import { ConnectionError, type ConnectionErrorCode, messageOf } from "../../protocol/errors.ts";

/** How the runtime (2.7 to 2.9) tells that something other than TLS came. */
const NO_TLS = /received corrupt message of type InvalidContentType/;
/** That the certificate is the reason. */
const BAD_CERTIFICATE = /invalid peer certificate/;

/** That the peer said it does not go on. */
const ALERT = /received fatal alert/;

/** Whether a handshake failed for the certificate of the peer. */
export function isCertificateError(error: unknown): boolean {
  return error instanceof Error && BAD_CERTIFICATE.test(error.message);
}

/** Whether a handshake came to nothing since the peer did not go on, such as for our certificate. */
export function isGivenUp(error: unknown): boolean {
  const hasLeft = error instanceof Deno.errors.UnexpectedEof ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe;
  return hasLeft || (error instanceof Error && ALERT.test(error.message));
}

/** Whether the peer left without the farewell of TLS: the end of the stream, as without TLS. */
export function isTruncation(error: unknown): boolean {
  return error instanceof Deno.errors.UnexpectedEof;
}

/** What failed at a handshake, for the caller of a connection. */
export function asHandshakeError(error: unknown, where: string): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const reason = messageOf(error);
  const code: ConnectionErrorCode = NO_TLS.test(reason) ? "tls-unexpected" : "handshake";
  const message = code === "handshake"
    ? `Cannot connect to ${where}: the TLS handshake failed: ${reason}`
    : `Cannot connect to ${where}: the server does not speak TLS`;
  return new ConnectionError(code, message, { cause: error, where });
}
