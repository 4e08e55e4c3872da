import type { Listener } from "../stream/listener.ts";
import {
  hostNames,
  loadOwnCertificate,
  readCertificate,
  type ServerCertificate,
} from "../files/server_certificate.ts";
import { describeFailure, type RequestErrorCode } from "../protocol/errors.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { formatAddress } from "../stream/socket.ts";
import { listenTcp } from "../stream/tcp.ts";
import { isGivenUp } from "../stream/tls/errors.ts";
import { listenTls, NoHandshakeError } from "../stream/tls/listener.ts";
import type { ServerSettings, TlsSource } from "./config/options.ts";
import { countRefusal, type ServerStats } from "./monitoring/stats.ts";

/** A port of a server. */
export interface ServerPort {
  readonly listener: Listener;
  /** SHA-256 of the server's public key in hex, or `null` where the port speaks no TLS. */
  readonly fingerprint: string | null;
  /**
   * Shows a certificate that has been renewed to whoever connects from now on.
   *
   * @throws {CertificateError}, {DiskError} when there is none to be had; the old one is shown on
   */
  renew(): Promise<void>;
}

/**
 * Opens the ports of a server: the one of the settings.
 *
 * @throws {ConnectionError} when the port cannot be had
 * @throws {CertificateError}, {DiskError} when the certificate cannot be had
 */
export async function openPorts(
  settings: ServerSettings,
  stats: ServerStats,
): Promise<ServerPort[]> {
  const { tls } = settings;
  if (tls !== null) return [await openTlsPort(tls, settings, stats)];
  return [{ listener: listenTcp(settings), fingerprint: null, renew: () => Promise.resolve() }];
}

async function openTlsPort(
  tls: TlsSource,
  settings: ServerSettings,
  stats: ServerStats,
): Promise<ServerPort> {
  const { language } = settings;
  const certificate = await loadCertificate(tls, settings);
  const listener = listenTls(settings, certificate, {
    plaintextAnswer: encodeFrame("FERR", describeFailure("tls-needed", language)),
    onRefused: (address, error) => tellRefused(settings, stats, formatAddress(address), error),
  });
  let shown = certificate.certificate;
  const renew = async () => {
    const renewed = await loadCertificate(tls, settings);
    if (renewed.certificate === shown) return;
    shown = renewed.certificate;
    listener.renew(renewed);
  };
  return { listener, fingerprint: certificate.fingerprint, renew };
}

async function loadCertificate(
  tls: TlsSource,
  settings: ServerSettings,
): Promise<ServerCertificate> {
  if (tls !== "own") return await readCertificate(tls.certificatePath, tls.keyPath);
  if (settings.dataDirectory !== null) {
    return await loadOwnCertificate(settings.dataDirectory, hostNames());
  }
  throw new TypeError("Cannot keep a certificate of our own: there is no dataDirectory for it");
}

/** Whoever gave up by himself is not worth a line. */
function tellRefused(
  { onEvent }: ServerSettings,
  stats: ServerStats,
  address: string,
  error: unknown,
): void {
  if (isGivenUp(error)) return;
  const isPlaintext = error instanceof NoHandshakeError && error.code === "plaintext";
  const code: RequestErrorCode = isPlaintext ? "tls-needed" : "bad-request";
  countRefusal(stats, code);
  onEvent({ event: "refused", client: null, address, code, type: "TLS" });
}
