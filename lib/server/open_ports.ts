import { listenTcp } from "../stream/tcp.ts";
import type { ServerSettings } from "./config/options.ts";
import type { ServerServices } from "./context/services.ts";
import type { ServerStats } from "./monitoring/stats.ts";
import type { ServerPort } from "./server_port.ts";
import type { WebPage } from "./web_page.ts";

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
  if (tls !== null) {
    const { openTlsPort } = await import("./open_tls_port.ts"); // Loaded by servers with TLS only
    return [await openTlsPort(tls, settings, stats, page)];
  }
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
