import {
  hostNames,
  loadOwnCertificate,
  readCertificate,
  type ServerCertificate,
} from "../files/server_certificate.ts";
import { describeFailure } from "../protocol/errors.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { formatAddress } from "../stream/ip_address.ts";
import { isHandshakeAborted } from "../stream/tls/errors.ts";
import { listenTls, NoHandshakeError } from "../stream/tls/listener.ts";
import type { ServerSettings, TlsSource } from "./config/options.ts";
import { countRefusal, type ServerStats } from "./monitoring/stats.ts";
import type { ServerPort } from "./server_port.ts";
import type { WebPage } from "./web_page.ts";

/**
 * Opens a port that speaks TLS.
 *
 * @throws {ConnectionError} if the port cannot be opened
 * @throws {CertificateError}, {DiskError} if the certificate cannot be read
 */
export async function openTlsPort(
  tls: TlsSource,
  settings: ServerSettings,
  stats: ServerStats,
  page: WebPage | null,
): Promise<ServerPort> {
  const { language } = settings;
  const certificate = await loadCertificate(tls, settings);
  const refusal = encodeFrame("FERR", describeFailure("tls-needed", language));
  const listener = listenTls(settings, certificate, {
    plaintextAnswer: (first) => page?.redirectToTls(first) ?? refusal,
    onRefused: (address, error) => reportRefused(settings, stats, formatAddress(address), error),
  });
  let presented = certificate;
  const renew = async () => {
    const renewed = await loadCertificate(tls, settings);
    if (renewed.certificate === presented.certificate) return;
    presented = renewed;
    listener.renew(renewed);
  };
  return {
    listener,
    get fingerprint() {
      return presented.fingerprint;
    },
    renew,
  };
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

/**
 * Counts and logs a failed handshake. Not logged are peers that abort the handshake, and browsers
 * that are led to `https`.
 */
function reportRefused(
  { onEvent, hasPage }: ServerSettings,
  stats: ServerStats,
  address: string,
  error: unknown,
): void {
  if (isHandshakeAborted(error)) return;
  const reason = error instanceof NoHandshakeError ? error.code : null;
  if (reason === "http" && hasPage) return;
  const code = reason === "plaintext" || reason === "http" ? "tls-needed" : "bad-request";
  countRefusal(stats, code);
  onEvent({ event: "refused", client: null, address, code, type: "TLS" });
}
