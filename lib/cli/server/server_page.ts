import type { WebPage } from "../../server/web_page.ts";
import { readLocalNetworks } from "../../files/local_addresses.ts";
import { type Advertised, type OwnPlaces, pageUrls } from "../../web/addresses.ts";
import { isBadPort } from "../../web/bad_ports.ts";
import { webPage } from "../../web/web_page.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";
import { advertised } from "./cluster_settings.ts";

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
  readonly advertise: string | undefined;
}

/** Reads where others reach the server. @param told by its operator */
export function ownPlaces(told: Advertised | null): () => OwnPlaces {
  return () => ({ ...readLocalNetworks(), advertised: told });
}

/** The page that the server shows to browsers; `null` for none. @throws {UsageError} as {@link advertised} does */
export function pageOf(values: PageValues, locale: Locale): WebPage | null {
  const { name = Deno.hostname(), host: hostname = "0.0.0.0", "web-host": hosts = [] } = values;
  if (values["no-web"]) return null;
  const told = advertised(values, locale);
  const places = rememberPlaces(ownPlaces(told));
  return webPage({
    name,
    ownNames: [Deno.hostname().toLowerCase()],
    hosts: [...hosts, ...told === null ? [] : [told.host]].map((host) => host.toLowerCase()),
    urls: (port, isTls) => pageUrls({ hostname, port, isTls, ...places() }),
  });
}

/** Reads again where others reach the server when what was read is 5 s old. */
export function rememberPlaces(read: () => OwnPlaces): () => OwnPlaces {
  let last: { readonly places: OwnPlaces; readonly readMs: number } | null = null;
  return () => {
    const nowMs = performance.now();
    if (last === null || nowMs - last.readMs >= NETWORKS_MS) {
      last = { places: read(), readMs: nowMs };
    }
    return last.places;
  };
}

/** A warning for a port that browsers refuse; `null` for any other. */
export function badPortWarning(port: number, { fill }: Locale): string | null {
  return isBadPort(port) ? fill(BAD_PORT, { port }) : null;
}
