import type { Text } from "../../protocol/fill_text.ts";
import type { ServerEvent } from "../../server/config/events.ts";
import { DEFAULT_PORT } from "../../stream/address.ts";
import { formatEndpoint } from "../../stream/endpoint.ts";
import { toBase32 } from "../../stream/fingerprint.ts";
import { formatTarget } from "../../stream/target.ts";
import { leadsToOthers, type OwnPlaces, reachableHosts } from "../../web/addresses.ts";
import type { Locale } from "../texts/locale.ts";

/** The event of a server that listens. */
export type Listening = Extract<ServerEvent, { readonly event: "listening" }>;

/** An address of the server that others can type. */
export interface JoinAddress {
  readonly hostname: string;
  /** Where it is not the one that the server listens on. */
  readonly port?: number;
  /** The interface that has it; `null` where that is obvious. */
  readonly interface: string | null;
}

/** A server that listens, with what others need to join it. */
export interface JoinFacts {
  /** The addresses as `host:port`, the likeliest first. */
  readonly addresses: readonly string[];
  /** The first of them, with the key, as one text. */
  readonly uri: string;
}

const JOIN = {
  en: "Others connect with {count|this|one of these}:",
  "pt-BR": "Outros se conectam com {count|isto|um destes}:",
} as const satisfies Text;

/** Where no other machine reaches the server. */
const ONLY_HERE = {
  en: "On this machine, connect with this:",
  "pt-BR": "Nesta máquina, conecte-se com isto:",
} as const satisfies Text;

/** The addresses that others can type, the likeliest first; at least one. */
export function joinAddresses(host: string, places: OwnPlaces): JoinAddress[] {
  return reachableHosts(host, places).map(({ address, name, port }, at) => ({
    hostname: address,
    ...(port !== undefined && { port }),
    interface: at === 0 || name === "" ? null : name,
  }));
}

/** The same for JSON. */
export function joinFacts(
  { port, fingerprint }: Listening,
  hosts: readonly JoinAddress[],
): JoinFacts {
  return {
    addresses: hosts.map((host) => formatEndpoint({ port, ...host })),
    uri: targetOf(hosts[0]!, port, fingerprint),
  };
}

/** The commands that connect others, each on a line, below a heading. @param program as it is typed */
export function joinLines(
  { port, fingerprint }: Listening,
  hosts: readonly JoinAddress[],
  program: string,
  { fill }: Locale,
): string[] {
  const commands = hosts.map((host) => `${program} ${argumentOf(host, port, fingerprint)}`);
  const width = Math.max(...commands.map(({ length }) => length));
  const lines = commands.map((command, at) => {
    const name = hosts[at]?.interface ?? null;
    return name === null ? `  ${command}` : `  ${command.padEnd(width)}  (${name})`;
  });
  const isReachable = hosts.some(({ hostname }) => leadsToOthers(hostname));
  return [fill(isReachable ? JOIN : ONLY_HERE, { count: hosts.length }), ...lines];
}

/** The same address as one text in capital letters and base32, which take the least room in a QR code. */
export function joinText(
  { port, fingerprint }: Pick<Listening, "port" | "fingerprint">,
  host: JoinAddress,
): string {
  const key = fingerprint === undefined ? "" : `?fp=${toBase32(fingerprint)}`;
  return `${formatTarget({ port, ...host })}${key}`.toUpperCase();
}

/** With TLS, the address with the key stands in quotes: shells read `?`. */
function argumentOf(host: JoinAddress, port: number, fingerprint: string | undefined): string {
  if (fingerprint !== undefined) return `'${targetOf(host, port, fingerprint)}'`;
  const place = { port, ...host };
  return place.port === DEFAULT_PORT ? place.hostname : formatEndpoint(place);
}

function targetOf(host: JoinAddress, port: number, fingerprint: string | undefined): string {
  return formatTarget({ port, ...host, fingerprint: fingerprint ?? null });
}
