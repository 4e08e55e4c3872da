import { trustOf } from "../../client/found_trust.ts";
import { scanServers } from "../../client/scan_servers.ts";
import { findServers, type FoundServer } from "../../discovery/find_servers.ts";
import type { KnownHosts } from "../../files/known_hosts.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { formatTarget } from "../../stream/target.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import { jsonLine } from "../view/json_line.ts";
import { writeError, writeOut } from "../view/output.ts";
import { addressOf, inOrder, type RatedServer, serverLines } from "../view/server_list.ts";

/** Options of `find`. */
export interface FindCommandOptions {
  readonly timeoutMs: number;
  /** The port to try on all addresses nearby; `null` for none. */
  readonly scanPort: number | null;
  /** `null` where none are kept. */
  readonly knownHosts: KnownHosts | null;
  readonly json: boolean;
  readonly locale: Locale;
  readonly signal: AbortSignal;
}

const TEXTS = {
  none: {
    en:
      "No server answers in this network. It must run with --announce, in the same network, and UDP port 5353 must be open in both firewalls",
    "pt-BR":
      "Nenhum servidor responde nesta rede. Ele deve rodar com --announce, na mesma rede, e a porta UDP 5353 deve estar aberta nos dois firewalls",
  },
  count: {
    en: "{count|# server|# servers}. {command} connects to the first.",
    "pt-BR": "{count|# servidor|# servidores}. {command} conecta ao primeiro.",
  },
  countOnly: {
    en: "{count|# server|# servers}.",
    "pt-BR": "{count|# servidor|# servidores}.",
  },
} as const satisfies Record<string, Text>;

/** Prints the servers of the local network, and returns the exit code. */
export async function find(options: FindCommandOptions): Promise<number> {
  const { knownHosts, json, locale } = options;
  const found: RatedServer[] = [];
  for await (const server of searchAll(options)) {
    const trust = await trustOf(server, knownHosts);
    found.push({ server, trust });
    if (json) writeOut(`${toJson(server, trust.kind)}\n`);
  }
  if (found.length === 0) return tellNone(json, locale);
  if (!json) await printServers(inOrder(found), locale);
  return EXIT.done;
}

/** The announced servers and those of a scan, which one address and port tells once. */
async function* searchAll(
  { timeoutMs, scanPort, signal }: FindCommandOptions,
): AsyncGenerator<FoundServer> {
  const scan = scanPort === null ? null : collect(scanServers(scanPort, { signal }));
  scan?.catch(() => {}); // Awaited below
  const seen = new Set<string>();
  try {
    for await (const server of findServers({ timeoutMs, signal })) {
      seen.add(keyOf(server));
      yield server;
    }
  } catch (error) {
    if (scan === null || signal.aborted) throw error; // Else the scan finds what it can
  }
  for (const server of await scan ?? []) {
    if (seen.size >= LIMITS.foundServers) return;
    if (!seen.has(keyOf(server))) yield server;
    seen.add(keyOf(server));
  }
}

function toJson(
  { name, address, port, tls, fingerprint, login, ms }: FoundServer,
  trust: RatedServer["trust"]["kind"],
): string {
  return jsonLine({ event: "server", name, address, port, tls, fingerprint, login, trust, ms });
}

async function collect(servers: AsyncIterable<FoundServer>): Promise<FoundServer[]> {
  return await Array.fromAsync(servers);
}

function keyOf({ address, port }: FoundServer): string {
  return `${address} ${port}`;
}

function tellNone(json: boolean, { fill }: Locale): number {
  const message = fill(TEXTS.none);
  if (json) writeOut(`${jsonLine({ event: "error", code: "not-found", message })}\n`);
  writeError(`${message}.\n`);
  return EXIT.notFound;
}

async function printServers(servers: readonly RatedServer[], locale: Locale): Promise<void> {
  const { default: width } = await import("string-width");
  const lines = serverLines(servers, locale, width);
  const command = commandFor(servers[0]);
  const count = servers.length;
  const sum = command === null
    ? locale.fill(TEXTS.countOnly, { count })
    : locale.fill(TEXTS.count, { count, command });
  writeOut([...lines, sum].map((line) => `${line}\n`).join(""));
}

/** What to type for a server: its key is pinned if it is known, and asked about if it is new. */
function commandFor(rated: RatedServer | undefined): string | null {
  if (rated === undefined || rated.trust.kind === "changed") return null;
  const { server, trust } = rated;
  const { address: hostname, port, fingerprint } = server;
  const { client } = typedPrograms();
  if (trust.kind === "moved") return `${client} '${formatTarget({ hostname, port, fingerprint })}'`;
  if (trust.kind === "new") return `${client} '${formatTarget({ hostname, port, tls: true })}'`;
  return `${client} ${addressOf(server)}`;
}
