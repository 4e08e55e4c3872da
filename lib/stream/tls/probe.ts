import type { ConnectLimits } from "../connector.ts";
import { asConnectError, timeoutError } from "../tcp.ts";
import { onAbort } from "../../async/on_abort.ts";
import type { X509Certificate } from "node:crypto";
import { connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import { ConnectionError } from "../../protocol/errors.ts";
import { fingerprintOf, parseCertificate } from "./certificate.ts";
import { type Endpoint, formatEndpoint } from "../endpoint.ts";
import { asHandshakeError } from "./errors.ts";

/** Certificates of a chain that are looked at. */
const LONGEST_CHAIN = 10;

/** What a server shows. Nothing of it is proven: whoever has seen a certificate can show it. */
export interface ShownCertificate {
  /** The server's own. */
  readonly certificate: X509Certificate;
  /** PEM: the server's own first, then those of its authorities. */
  readonly chain: readonly string[];
  readonly fingerprint: string;
}

/**
 * Asks a server for its certificate, over a connection for that alone. Nothing is sent over it.
 *
 * @throws {ConnectionError}; an abort's own reason
 */
export async function probeCertificate(
  endpoint: Endpoint,
  { timeoutMs, signal }: ConnectLimits,
): Promise<ShownCertificate> {
  signal?.throwIfAborted();
  const where = formatEndpoint(endpoint);
  // The one who asks judges what it gets, and proves it over another connection
  const options = { host: endpoint.hostname, port: endpoint.port, rejectUnauthorized: false };
  const socket = connect(options);
  let isConnected = false;
  socket.once("connect", () => isConnected = true);
  const timer = setTimeout(() => {
    socket.destroy(isConnected ? noAnswer(timeoutMs) : timeoutError(where, timeoutMs));
  }, timeoutMs);
  using _ = onAbort(signal, () => socket.destroy(signal?.reason));
  try {
    await established(socket);
    return shown(socket.getPeerCertificate(true), where);
  } catch (error) {
    signal?.throwIfAborted();
    throw isConnected ? asHandshakeError(error, where) : asConnectError(error, where);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** What is said of a handshake that takes too long. */
export function noAnswer(timeoutMs: number): Error {
  return new Error(`no answer within ${timeoutMs / 1000} s; does the server speak TLS?`);
}

function established(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("secureConnect", resolve);
    socket.on("error", reject); // More than one may come
    socket.once("close", () => reject(new Error("the server closed the connection")));
  });
}

function shown(peer: DetailedPeerCertificate, where: string): ShownCertificate {
  if (peer.raw === undefined) throw new Error("the server showed no certificate");
  const chain = chainOf(peer);
  const [certificate] = chain;
  if (certificate === undefined) throw unreadable(where);
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

function unreadable(where: string): ConnectionError {
  const cause = new Error("it cannot be read");
  const message = `Cannot check the certificate of ${where}: it cannot be read`;
  return new ConnectionError("certificate-unusable", message, { cause, where });
}
