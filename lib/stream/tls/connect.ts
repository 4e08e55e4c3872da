import type { ConnectLimits } from "../connector.ts";
import { onAbort } from "../../async/on_abort.ts";
import type { X509Certificate } from "node:crypto";
import { ConnectionError, type ConnectionErrorCode } from "../../protocol/errors.ts";
import {
  fingerprintOf,
  formatTime,
  namesOf,
  OWN_NAME,
  parseCertificate,
  validityErrorCode,
  verifiableName,
} from "./certificate.ts";
import type { Socket } from "../socket.ts";
import { connectTcp } from "../tcp.ts";
import { type Endpoint, formatEndpoint } from "../endpoint.ts";
import { TlsConnSocket } from "./conn_socket.ts";
import { asHandshakeError, isCertificateError } from "./errors.ts";
import { noAnswer, probeCertificate, type ShownCertificate } from "./probe.ts";

/** What is known of a server's key. */
export interface TlsPin {
  /** SHA-256 of the public key (SPKI, DER) in hex, lower case. */
  readonly fingerprint: string;
  /** A certificate of that key, DER in base64, or `null`: it saves asking the server for one. */
  readonly certificate: string | null;
}

/** A server that neither the user knows nor the system trusts. */
export interface UnknownServer {
  /** `host:port`. */
  readonly where: string;
  /** Of its key: SHA-256 in hex. */
  readonly fingerprint: string;
  /** The names and addresses that its certificate is for. Text of the peer. */
  readonly names: readonly string[];
}

/** Whom to trust. */
export interface TlsTrust {
  /** The one key that is accepted, whatever the system says; `null` for a server not yet known. */
  readonly pin: TlsPin | null;
  /** Whether to trust a server that is not known and that the system does not trust. */
  readonly accept: (server: UnknownServer) => boolean | Promise<boolean>;
}

/** A connection whose other end is proven. */
export interface TlsConnection {
  readonly socket: Socket;
  /** What to remember of the server; `null` where the system trusts it for its name. */
  readonly pin: TlsPin | null;
}

/**
 * Connects with TLS 1.2 or 1.3 to a server that is proven to be the right one before anything is
 * sent to it.
 *
 * Without a pin, that is one whose certificate the system trusts for the host's name, or else one
 * that `accept` is shown and accepts. With a pin, it is the one that holds the key of the pin. What
 * a server merely shows is no proof: it is taken from a connection of its own, and then has to pass
 * the runtime's verification in the connection that is used, whose certificate is compared again.
 * Since the runtime trusts the system's authorities there, too, that verification asks for a name
 * that none of them issues for, where the certificate has it.
 *
 * @throws {ConnectionError}; an abort's own reason
 */
export async function connectTls(
  endpoint: Endpoint,
  { pin, accept }: TlsTrust,
  limits: ConnectLimits,
): Promise<TlsConnection> {
  if (pin !== null) return await connectPinned(endpoint, pin, limits);
  const trusted = await connectVerified(endpoint, endpoint.hostname, [], limits);
  if (trusted !== null) return { socket: new TlsConnSocket(trusted), pin: null };
  const shown = await probeCertificate(endpoint, limits);
  refuseByDate(shown.certificate, endpoint);
  const where = formatEndpoint(endpoint);
  const { fingerprint, certificate } = shown;
  if (!await accept({ where, fingerprint, names: namesOf(certificate) })) {
    throw fault("certificate-untrusted", endpoint, { details: { actual: fingerprint } });
  }
  return await connectShown(endpoint, shown, limits);
}

async function connectPinned(
  endpoint: Endpoint,
  pin: TlsPin,
  limits: ConnectLimits,
): Promise<TlsConnection> {
  const known = pin.certificate === null ? null : parseCertificate(fromBase64(pin.certificate));
  const name = known === null ? null : verifiableName(known, endpoint.hostname);
  if (known !== null && name !== null) {
    const conn = await connectVerified(endpoint, name, [known.toString()], limits);
    if (conn !== null) return proven(conn, pin.fingerprint, name, endpoint);
  }
  const shown = await probeCertificate(endpoint, limits);
  if (shown.fingerprint !== pin.fingerprint) {
    throw changed(endpoint, pin.fingerprint, shown.fingerprint);
  }
  refuseByDate(shown.certificate, endpoint);
  return await connectShown(endpoint, shown, limits);
}

/** Connects to whoever holds the key of the certificate that was shown. */
async function connectShown(
  endpoint: Endpoint,
  { certificate, chain, fingerprint }: ShownCertificate,
  limits: ConnectLimits,
): Promise<TlsConnection> {
  const name = verifiableName(certificate, endpoint.hostname);
  if (certificate.ca) throw unusable(endpoint, "it is that of an authority (CA:TRUE)");
  if (name === null) throw unusable(endpoint, "it names no server");
  // Those who are shown beside it may be anybody's, so they count only for want of our own name
  const authorities = name === OWN_NAME ? [certificate.toString()] : chain;
  const conn = await connectVerified(endpoint, name, authorities, limits);
  if (conn === null) throw unusable(endpoint, "its chain is not whole, or its key was not proven");
  return proven(conn, fingerprint, name, endpoint);
}

/**
 * The connection as one to the holder of a key, once it is compared with the certificate that was
 * verified in it. Closes it otherwise.
 */
function proven(
  conn: Deno.TlsConn,
  fingerprint: string,
  name: string,
  endpoint: Endpoint,
): TlsConnection {
  try {
    const certificate = peerCertificate(conn);
    if (certificate === null && name !== OWN_NAME) {
      throw unusable(endpoint, `this runtime does not show it, and it lacks the name ${OWN_NAME}`);
    }
    const actual = certificate === null ? fingerprint : fingerprintOf(certificate);
    if (actual !== fingerprint) throw changed(endpoint, fingerprint, actual);
    const base64 = certificate === null ? null : new Uint8Array(certificate.raw).toBase64();
    return { socket: new TlsConnSocket(conn), pin: { fingerprint, certificate: base64 } };
  } catch (error) {
    conn.close();
    throw error;
  }
}

/**
 * The certificate that was verified in a connection; `null` where the runtime does not show it.
 * The method has no public name: a test of the platform notices when it goes.
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
 * @param authorities PEM, trusted beside those of the system
 * @returns `null` when the certificate is not good for that
 */
async function connectVerified(
  endpoint: Endpoint,
  name: string,
  authorities: readonly string[],
  limits: ConnectLimits,
): Promise<Deno.TlsConn | null> {
  const tcp = await connectTcp(endpoint, limits);
  tcp.setNoDelay(true);
  tcp.setKeepAlive(true);
  try {
    const conn = await Deno.startTls(tcp, { hostname: name, caCerts: [...authorities] });
    await handshake(conn, limits);
    return conn;
  } catch (error) {
    limits.signal?.throwIfAborted();
    if (isCertificateError(error)) return null;
    throw asHandshakeError(error, formatEndpoint(endpoint));
  }
}

/** Closes the connection where its handshake fails, takes too long, or is given up. */
async function handshake(conn: Deno.TlsConn, { timeoutMs, signal }: ConnectLimits): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(noAnswer(timeoutMs)), timeoutMs);
  using _ = onAbort(signal, () => reject(signal?.reason));
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

/** The runtime refuses such a certificate, known or not; people need both dates to see why. */
function refuseByDate(certificate: X509Certificate, endpoint: Endpoint): void {
  const nowMs = Date.now();
  const kind = validityErrorCode(certificate, nowMs);
  if (kind === null) return;
  const details = {
    validFrom: formatTime(Date.parse(certificate.validFrom)),
    validTo: formatTime(Date.parse(certificate.validTo)),
    now: formatTime(nowMs),
  };
  throw fault(`certificate-${kind}`, endpoint, { details });
}

function changed(endpoint: Endpoint, expected: string, actual: string): ConnectionError {
  return fault("certificate-changed", endpoint, { details: { expected, actual } });
}

function unusable(endpoint: Endpoint, reason: string): ConnectionError {
  return fault("certificate-unusable", endpoint, { cause: new Error(reason) });
}

function fault(
  code: ConnectionErrorCode,
  endpoint: Endpoint,
  options: { cause?: Error; details?: Record<string, string> },
): ConnectionError {
  const where = formatEndpoint(endpoint);
  const message = `Cannot trust ${where}: ${options.cause?.message ?? code}`;
  return new ConnectionError(code, message, { ...options, where });
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return new Uint8Array(0);
  }
}
