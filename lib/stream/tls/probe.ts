import type { X509Certificate } from "node:crypto";
import { connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import { onAbort } from "../../async/on_abort.ts";
import { ConnectionError } from "../../protocol/errors.ts";
import type { ConnectLimits } from "../connector.ts";
import { type Endpoint, formatEndpoint } from "../endpoint.ts";
import { asConnectError, timeoutError } from "../tcp.ts";
import { fingerprintOf, parseCertificate } from "./certificate.ts";
import { asHandshakeError } from "./errors.ts";

/** Certificates of a chain that are parsed. */
const LONGEST_CHAIN = 10;

/**
 * A certificate that a server shows without a proof of its key: any server can show any
 * certificate.
 */
export interface ShownCertificate {
  /** The server's own. */
  readonly certificate: X509Certificate;
  /** PEM: the server's own certificate, then those of its authorities. */
  readonly chain: readonly string[];
  readonly fingerprint: string;
}

/**
 * Asks a server for its certificate over a separate connection, on which nothing is sent.
 *
 * @throws {ConnectionError}; the reason of the signal
 */
export async function probeCertificate(
  endpoint: Endpoint,
  { timeoutMs, signal }: ConnectLimits,
): Promise<ShownCertificate> {
  signal?.throwIfAborted();
  const address = formatEndpoint(endpoint);
  // The caller judges the certificate, and has its key proven over another connection
  const options = { host: endpoint.hostname, port: endpoint.port, rejectUnauthorized: false };
  const socket = connect(options);
  let isConnected = false;
  socket.once("connect", () => isConnected = true);
  const timer = setTimeout(() => {
    socket.destroy(isConnected ? handshakeTimeout(timeoutMs) : timeoutError(address, timeoutMs));
  }, timeoutMs);
  using _ = onAbort(signal, () => socket.destroy(signal?.reason));
  try {
    await established(socket);
    return shownCertificate(socket.getPeerCertificate(true), address);
  } catch (error) {
    signal?.throwIfAborted();
    throw isConnected ? asHandshakeError(error, address) : asConnectError(error, address);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** The error for a handshake that takes too long. */
export function handshakeTimeout(timeoutMs: number): Error {
  return new Error(`no answer within ${timeoutMs / 1000} s; does the server speak TLS?`);
}

function established(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("secureConnect", resolve);
    socket.on("error", reject); // It may be emitted more than once
    socket.once("close", () => reject(new Error("the server closed the connection")));
  });
}

function shownCertificate(peer: DetailedPeerCertificate, address: string): ShownCertificate {
  if (peer.raw === undefined) throw new Error("the server showed no certificate");
  const chain = chainOf(peer);
  const [certificate] = chain;
  if (certificate === undefined) throw unreadable(address);
  return {
    certificate,
    chain: chain.map((each) => each.toString()),
    fingerprint: fingerprintOf(certificate),
  };
}

function chainOf(peer: DetailedPeerCertificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let each: DetailedPeerCertificate | undefined = peer;
  while (each?.raw !== undefined && chain.length < LONGEST_CHAIN) {
    const certificate = parseCertificate(each.raw);
    if (certificate === null) break;
    chain.push(certificate);
    each = each.issuerCertificate === each ? undefined : each.issuerCertificate;
  }
  return chain;
}

function unreadable(address: string): ConnectionError {
  const cause = new Error("it cannot be read");
  const message = `Cannot check the certificate of ${address}: it cannot be read`;
  return new ConnectionError("certificate-unusable", message, { cause, address });
}
