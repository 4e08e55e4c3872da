import type { X509Certificate } from "node:crypto";
import { BoundedMap } from "../../async/bounded_map.ts";
import { onAbort } from "../../async/on_abort.ts";
import { ConnectionError, type ConnectionErrorCode } from "../../protocol/errors.ts";
import type { ConnectLimits } from "../connector.ts";
import { type Endpoint, formatEndpoint } from "../endpoint.ts";
import type { Socket } from "../socket.ts";
import { connectTcp } from "../tcp.ts";
import {
  fingerprintOf,
  formatUtcMinute,
  namesOf,
  OWN_NAME,
  parseCertificate,
  serverEndPointOf,
  validityErrorCode,
  verifiableName,
} from "./certificate.ts";
import { TlsConnSocket } from "./conn_socket.ts";
import { asHandshakeError, isCertificateError } from "./errors.ts";
import { handshakeTimeout, probeCertificate, type ShownCertificate } from "./probe.ts";

/**
 * Servers that the last handshake was given up with. The runtime keeps such a connection open until
 * the server closes it (`tests/platform/tls_test.ts`), so the next attempt begins with a probe, which
 * can be closed: a silent server holds one connection, however often a client tries.
 */
const unanswered = new BoundedMap<string, true>(1_000);

/** The known key of a server. */
export interface TlsPin {
  /** SHA-256 of the public key (SPKI, DER) in lower-case hex. */
  readonly fingerprint: string;
  /** A certificate of that key (DER, base64), which saves a probe; `null` if none is known. */
  readonly certificate: string | null;
}

/** A server that neither the user knows nor the system trusts. */
export interface UnknownServer {
  /** `host:port`. */
  readonly address: string;
  /** SHA-256 of its public key in hex. */
  readonly fingerprint: string;
  /** The names and addresses that its certificate is for. Text from the peer. */
  readonly names: readonly string[];
}

/** The servers to trust. */
export interface TlsTrust {
  /** The only key to accept, whatever the system trusts; `null` for a server not yet known. */
  readonly pin: TlsPin | null;
  /** Decides about a server that is neither known nor trusted by the system. */
  readonly accept: (server: UnknownServer) => boolean | Promise<boolean>;
}

/** A connection to a server whose identity is proven. */
export interface TlsConnection {
  readonly socket: Socket;
  /** The key to remember; `null` if the system trusts the server for its name. */
  readonly pin: TlsPin | null;
}

/**
 * Connects with TLS 1.2 or 1.3 to a server whose identity is proven before anything is sent to it.
 *
 * Without a pin, the system has to trust the certificate for the host name, or else `accept` has to
 * accept the server. With a pin, the server has to hold the pinned key. A certificate that a server
 * merely shows is no proof: it is probed over a separate connection, then has to pass the runtime's
 * verification in the connection that is used, and is compared again there. Since the runtime also
 * trusts the system's authorities in that verification, it verifies `OWN_NAME`, for which no
 * authority issues certificates, if the certificate has it.
 *
 * @throws {ConnectionError}; the reason of the signal
 */
export async function connectTls(
  endpoint: Endpoint,
  { pin, accept }: TlsTrust,
  limits: ConnectLimits,
): Promise<TlsConnection> {
  if (pin !== null) return await connectPinned(endpoint, pin, limits);
  const trusted = await connectVerified(endpoint, endpoint.hostname, [], limits);
  if (trusted !== null) return { socket: socketOf(trusted, peerCertificate(trusted)), pin: null };
  const shown = await probeCertificate(endpoint, limits);
  checkValidity(shown.certificate, endpoint);
  const address = formatEndpoint(endpoint);
  const { fingerprint, certificate } = shown;
  if (!await accept({ address, fingerprint, names: namesOf(certificate) })) {
    throw trustError("certificate-untrusted", endpoint, { details: { actual: fingerprint } });
  }
  return await connectShown(endpoint, shown, limits);
}

async function connectPinned(
  endpoint: Endpoint,
  pin: TlsPin,
  limits: ConnectLimits,
): Promise<TlsConnection> {
  const certificate = pin.certificate === null
    ? null
    : parseCertificate(fromBase64(pin.certificate));
  const name = certificate === null ? null : verifiableName(certificate, endpoint.hostname);
  if (certificate !== null && name !== null) {
    const conn = await connectVerified(endpoint, name, [certificate.toString()], limits);
    if (conn !== null) return verifyPeer(conn, pin.fingerprint, name, endpoint);
  }
  const shown = await probeCertificate(endpoint, limits);
  if (shown.fingerprint !== pin.fingerprint) {
    throw certificateChanged(endpoint, pin.fingerprint, shown.fingerprint);
  }
  checkValidity(shown.certificate, endpoint);
  return await connectShown(endpoint, shown, limits);
}

/** Connects to the holder of the key of a probed certificate. */
async function connectShown(
  endpoint: Endpoint,
  { certificate, chain, fingerprint }: ShownCertificate,
  limits: ConnectLimits,
): Promise<TlsConnection> {
  const name = verifiableName(certificate, endpoint.hostname);
  if (certificate.ca) throw certificateUnusable(endpoint, "it is that of an authority (CA:TRUE)");
  if (name === null) throw certificateUnusable(endpoint, "it names no server");
  // The rest of the chain is unproven, so it counts only for a certificate without `OWN_NAME`
  const authorities = name === OWN_NAME ? [certificate.toString()] : chain;
  const conn = await connectVerified(endpoint, name, authorities, limits);
  if (conn === null) {
    throw certificateUnusable(endpoint, "its chain is not whole, or its key was not proven");
  }
  return verifyPeer(conn, fingerprint, name, endpoint);
}

/**
 * Compares the certificate verified in a connection with the expected key; closes the connection if
 * they differ.
 */
function verifyPeer(
  conn: Deno.TlsConn,
  fingerprint: string,
  name: string,
  endpoint: Endpoint,
): TlsConnection {
  try {
    const certificate = peerCertificate(conn);
    if (certificate === null && name !== OWN_NAME) {
      throw certificateUnusable(
        endpoint,
        `this runtime does not show it, and it lacks the name ${OWN_NAME}`,
      );
    }
    const actual = certificate === null ? fingerprint : fingerprintOf(certificate);
    if (actual !== fingerprint) throw certificateChanged(endpoint, fingerprint, actual);
    const base64 = certificate === null ? null : new Uint8Array(certificate.raw).toBase64();
    return { socket: socketOf(conn, certificate), pin: { fingerprint, certificate: base64 } };
  } catch (error) {
    conn.close();
    throw error;
  }
}

function socketOf(conn: Deno.TlsConn, certificate: X509Certificate | null): Socket {
  return new TlsConnSocket(conn, certificate === null ? undefined : serverEndPointOf(certificate));
}

/**
 * The certificate verified in a connection; `null` if the runtime does not expose it. The method
 * has no public name: `tests/platform/` notices when it goes.
 */
function peerCertificate(conn: Deno.TlsConn): X509Certificate | null {
  const prototype = Object.getPrototypeOf(conn);
  const method = Object.getOwnPropertySymbols(prototype)
    .find(({ description }) => description === "getPeerCertificate");
  if (method === undefined) return null;
  const shown: { raw?: Uint8Array } | undefined = prototype[method].call(conn);
  return parseCertificate(shown?.raw ?? "");
}

/**
 * Connects, and lets the runtime verify the certificate for a name.
 *
 * @param authorities PEM, trusted in addition to the system's authorities
 * @returns `null` if the verification fails
 */
async function connectVerified(
  endpoint: Endpoint,
  name: string,
  authorities: readonly string[],
  limits: ConnectLimits,
): Promise<Deno.TlsConn | null> {
  const address = formatEndpoint(endpoint);
  if (unanswered.get(address)) {
    await probeCertificate(endpoint, limits);
    unanswered.delete(address);
  }
  const tcp = await connectTcp(endpoint, limits);
  tcp.setNoDelay(true);
  tcp.setKeepAlive(true);
  try {
    const conn = await Deno.startTls(tcp, { hostname: name, caCerts: [...authorities] });
    await handshake(conn, limits, () => unanswered.set(address, true));
    return conn;
  } catch (error) {
    limits.signal?.throwIfAborted();
    if (isCertificateError(error)) return null;
    throw asHandshakeError(error, address);
  }
}

/**
 * Closes the connection if the handshake fails, times out or is aborted.
 *
 * @param onGivenUp called if it times out or is aborted
 */
async function handshake(
  conn: Deno.TlsConn,
  { timeoutMs, signal }: ConnectLimits,
  onGivenUp: () => void,
): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = (reason: unknown) => {
    onGivenUp();
    reject(reason);
  };
  const timer = setTimeout(() => giveUp(handshakeTimeout(timeoutMs)), timeoutMs);
  using _ = onAbort(signal, () => giveUp(signal?.reason));
  try {
    signal?.throwIfAborted();
    await Promise.race([conn.handshake(), promise]);
  } catch (error) {
    conn.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The runtime rejects such a certificate without the dates, which users need to see the reason. */
function checkValidity(certificate: X509Certificate, endpoint: Endpoint): void {
  const nowMs = Date.now();
  const code = validityErrorCode(certificate, nowMs);
  if (code === null) return;
  const details = {
    validFrom: formatUtcMinute(Date.parse(certificate.validFrom)),
    validTo: formatUtcMinute(Date.parse(certificate.validTo)),
    now: formatUtcMinute(nowMs),
  };
  throw trustError(`certificate-${code}`, endpoint, { details });
}

function certificateChanged(endpoint: Endpoint, expected: string, actual: string): ConnectionError {
  return trustError("certificate-changed", endpoint, { details: { expected, actual } });
}

function certificateUnusable(endpoint: Endpoint, reason: string): ConnectionError {
  return trustError("certificate-unusable", endpoint, { cause: new Error(reason) });
}

function trustError(
  code: ConnectionErrorCode,
  endpoint: Endpoint,
  options: { cause?: Error; details?: Record<string, string> },
): ConnectionError {
  const address = formatEndpoint(endpoint);
  const message = `Cannot trust ${address}: ${options.cause?.message ?? code}`;
  return new ConnectionError(code, message, { ...options, address });
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return new Uint8Array(0);
  }
}
