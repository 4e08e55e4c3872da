import type { WebPage } from "../../server/web_page.ts";
import { type LocalNetworks, readLocalNetworks } from "../../files/local_addresses.ts";
import { pageUrls } from "../../web/addresses.ts";
import { isBadPort } from "../../web/bad_ports.ts";
import { webPage } from "../../web/web_page.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";

const BAD_PORT = {
  en: "no browser opens port {port}: for the web page, choose another one with -p",
  "pt-BR": "nenhum navegador abre a porta {port}: para a página web, escolha outra com -p",
} as const satisfies Text;

/** Each browser asks for the addresses: reading them takes up to a millisecond of the main thread. */
const NETWORKS_MS = 5_000;

/** The options of the command line that are about the page. */
interface PageValues {
  readonly name: string | undefined;
  readonly host: string | undefined;
  readonly "no-web": boolean;
  readonly "web-host": readonly string[] | undefined;
}

/** The page that the server shows to browsers; `null` for none. */
export function pageOf(
  { name = Deno.hostname(), host: hostname = "0.0.0.0", "no-web": hasNone, "web-host": hosts = [] }:
    PageValues,
): WebPage | null {
  if (hasNone) return null;
  const networks = rememberNetworks(readLocalNetworks);
  return webPage({
    name,
    ownNames: [Deno.hostname().toLowerCase()],
    hosts: hosts.map((host) => host.toLowerCase()),
    urls: (port, isTls) => pageUrls({ hostname, port, isTls, ...networks() }),
  });
}

/** Reads the networks of this machine again when what was read is 5 s old. */
export function rememberNetworks(read: () => LocalNetworks): () => LocalNetworks {
  let last: { readonly networks: LocalNetworks; readonly readMs: number } | null = null;
  return () => {
    const nowMs = performance.now();
    if (last === null || nowMs - last.readMs >= NETWORKS_MS) {
      last = { networks: read(), readMs: nowMs };
    }
    return last.networks;
  };
}

/** A warning for a port that browsers refuse; `null` for any other. */
export function badPortWarning(port: number, { fill }: Locale): string | null {
  return isBadPort(port) ? fill(BAD_PORT, { port }) : null;
}
