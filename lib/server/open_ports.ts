import {
  hostNames,
  loadOwnCertificate,
  readCertificate,
  type ServerCertificate,
} from "../files/server_certificate.ts";
import { describeFailure } from "../protocol/errors.ts";
import { encodeFrame } from "../protocol/frames.ts";
import type { Listener } from "../stream/listener.ts";
import { formatAddress } from "../stream/ip_address.ts";
import { listenTcp } from "../stream/tcp.ts";
import { isHandshakeAborted } from "../stream/tls/errors.ts";
import { listenTls, NoHandshakeError } from "../stream/tls/listener.ts";
import type { ServerSettings, TlsSource } from "./config/options.ts";
import type { ServerServices } from "./context/services.ts";
import { countRefusal, type ServerStats } from "./monitoring/stats.ts";
import type { WebPage } from "./web_page.ts";

/** A port that a server listens on. */
export interface ServerPort {
  readonly listener: Listener;
  /** SHA-256 of the server's present public key in hex; `null` without TLS. */
  readonly fingerprint: string | null;
  /**
   * Presents a renewed certificate to later connections.
   *
   * @throws {CertificateError}, {DiskError} if it cannot be read; the old certificate stays in use
   */
  renew(): Promise<void>;
}

/**
 * Opens the ports of a server. The settings name a single port.
 *
 * @throws {ConnectionError} if the port cannot be opened
 * @throws {CertificateError}, {DiskError} if the certificate cannot be read
 */
export async function openPorts(
  settings: ServerSettings,
  stats: ServerStats,
  page: WebPage | null,
): Promise<ServerPort[]> {
  const { tls } = settings;
  if (tls !== null) return [await openTlsPort(tls, settings, stats, page)];
  return [{ listener: listenTcp(settings), fingerprint: null, renew: () => Promise.resolve() }];
}

/** Logs that a port is open. @param page `null` without one */
export function reportListening(
  { listener, fingerprint }: ServerPort,
  { settings, store }: Pick<ServerServices, "settings" | "store">,
  page: WebPage | null,
): void {
  const isTls = fingerprint !== null;
  settings.onEvent({
    event: "listening",
    host: settings.hostname,
    port: listener.address.port,
    tls: isTls,
    ...(fingerprint !== null && { fingerprint }),
    root: store.root,
    ...(settings.dataDirectory !== null && { data: settings.dataDirectory }),
    ...(page !== null && { urls: page.urls(listener.address.port, isTls) }),
  });
}

async function openTlsPort(
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
