import type { FoundTrust } from "../../client/found_trust.ts";
import type { FoundServer } from "../../discovery/find_servers.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { cleanLine, display, type DisplayText, joinTexts } from "../../protocol/text.ts";
import { DEFAULT_PORT } from "../../stream/address.ts";
import { formatEndpoint } from "../../stream/endpoint.ts";
import type { Locale } from "../texts/locale.ts";

/** A server that was found, and how it relates to the known ones. */
export interface RatedServer {
  readonly server: FoundServer;
  readonly trust: FoundTrust;
}

const TRUST: Readonly<Record<FoundTrust["kind"], Text>> = {
  known: { en: "TLS, known", "pt-BR": "TLS, conhecido" },
  moved: { en: "TLS, known as {from}", "pt-BR": "TLS, conhecido como {from}" },
  new: { en: "TLS, new: {key}…", "pt-BR": "TLS, novo: {key}…" },
  none: { en: "not encrypted", "pt-BR": "sem criptografia" },
  changed: {
    en: "NOT the key that is known for this address",
    "pt-BR": "NÃO é a chave conhecida deste endereço",
  },
};

const LOGIN = { en: "login needed", "pt-BR": "exige login" } as const satisfies Text;

/** Digits of a key that are shown: enough to tell servers apart, too few to trust one. */
const KEY_DIGITS = 8;
/** Those whose key is known come first, those that have another one last. */
const RANKS: Readonly<Record<FoundTrust["kind"], number>> = {
  known: 0,
  moved: 0,
  new: 1,
  none: 1,
  changed: 2,
};

/** Measures the columns that a text takes. */
export type MeasureWidth = (text: string) => number;

/** The servers in the order in which they are offered; those of a rank as they were found. */
export function inOrder(servers: readonly RatedServer[]): RatedServer[] {
  return servers.toSorted((a, b) => RANKS[a.trust.kind] - RANKS[b.trust.kind]);
}

/** A line for each server, in columns. The width of a name is bounded. */
export function serverLines(
  servers: readonly RatedServer[],
  locale: Locale,
  width: MeasureWidth,
): DisplayText[] {
  const names = inColumn(servers.map(({ server }) => nameOf(server, width)), width);
  const addresses = inColumn(servers.map(({ server }) => addressOf(server)), width);
  return servers.map((rated, at) =>
    cleanLine([names[at], addresses[at], describe(rated, locale)].join("   "))
  );
}

/** `HOST`, or `HOST:PORT` where that is not the usual one. */
export function addressOf({ address, port }: FoundServer): DisplayText {
  const isUsual = port === DEFAULT_PORT;
  return cleanLine(isUsual ? address : formatEndpoint({ hostname: address, port }));
}

function describe({ server, trust }: RatedServer, { fill }: Locale): DisplayText {
  const from = cleanLine(trust.kind === "moved" ? trust.from : "");
  const key = cleanLine(server.fingerprint?.slice(0, KEY_DIGITS) ?? "");
  const text = cleanLine(fill(TRUST[trust.kind], { from, key }));
  return server.login ? joinTexts([text, fill(LOGIN)], display`, `) : text;
}

/** The name, cut with an ellipsis; the address where there is none. */
function nameOf(server: FoundServer, width: MeasureWidth): DisplayText {
  const name = cleanLine(server.name).trim() || server.address;
  if (width(name) <= LIMITS.foundNameColumns) return cleanLine(name);
  const characters = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  while (width(`${characters.join("")}…`) > LIMITS.foundNameColumns) characters.pop();
  return cleanLine(`${characters.join("")}…`);
}

/** The texts with blanks behind them, all as wide as the widest. */
function inColumn(texts: readonly string[], width: MeasureWidth): string[] {
  const widths = texts.map((text) => width(text));
  const columns = Math.max(0, ...widths);
  return texts.map((text, at) => text + " ".repeat(columns - (widths[at] ?? 0)));
}
