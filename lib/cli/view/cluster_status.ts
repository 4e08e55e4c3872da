import type { ClusterReport, InspectedServer } from "../../cluster/inspect_cluster.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine } from "../../protocol/text.ts";
import { formatEndpoint } from "../../stream/endpoint.ts";
import type { Locale } from "../texts/locale.ts";
import { alignColumns } from "./align_columns.ts";
import { describeChecks } from "./file_checks.ts";
import { jsonLine } from "./json_line.ts";

const TEXTS = {
  same: {
    en: "The same on {servers|# server|all # servers}: at record {place}, their chain is {chain}.",
    "pt-BR":
      "Igual em {servers|# servidor|todos os # servidores}: no registro {place}, a cadeia é {chain}.",
  },
  notSame: {
    en: "Not proven to be the same: {reason}.",
    "pt-BR": "Sem prova de que estão iguais: {reason}.",
  },
  noServer: { en: "no server answers", "pt-BR": "nenhum servidor responde" },
  noLog: {
    en: "NATS has lost the log (help cluster seed)",
    "pt-BR": "o NATS perdeu o log (help cluster seed)",
  },
  diverged: {
    en: "their chains at record {place} differ",
    "pt-BR": "as cadeias no registro {place} diferem",
  },
  missing: {
    en: "{servers|# server is|# servers are} not there",
    "pt-BR": "{servers|# servidor não está|# servidores não estão} lá",
  },
  stopped: {
    en: "{servers|# server has|# servers have} stopped to apply",
    "pt-BR": "{servers|# servidor parou|# servidores pararam} de aplicar",
  },
  unknown: {
    en: "not all know the chain at record {place}: try again",
    "pt-BR": "nem todos conhecem a cadeia no registro {place}: tente de novo",
  },
  inStep: { en: "in step", "pt-BR": "em dia" },
  behind: { en: "{count} behind", "pt-BR": "{count} atrás" },
  away: { en: "not there", "pt-BR": "ausente" },
  halted: { en: "stopped ({stop})", "pt-BR": "parado ({stop})" },
  clients: { en: "{clients|# client|# clients}", "pt-BR": "{clients|# cliente|# clientes}" },
  copies: {
    en: "{copies|# copy is missing|# copies are missing}",
    "pt-BR": "{copies|falta # cópia|faltam # cópias}",
  },
  copiesDiffer: {
    en: "The servers differ in --copies, by which each counts what is missing: {copies}.",
    "pt-BR": "Os servidores diferem em --copies, com que cada um conta o que falta: {copies}.",
  },
} as const satisfies Record<string, Text>;

/** The lines of `cluster status` for people: a line for each server, and what is proven. */
export function describeCluster(report: ClusterReport, locale: Locale): string[] {
  const rows = report.servers.map((server) => [
    server.server,
    cleanLine(formatEndpoint({ hostname: server.host, port: server.port })),
    stateOf(server, locale),
    server.status?.chainAtPlace ?? "",
    figuresOf(server, locale),
  ]);
  const lines = alignColumns(rows).map((line) => `  ${line}`);
  return [...lines, ...copiesOf(report, locale), verdictOf(report, locale)];
}

/** The same for programs, as one line of JSON. */
export function clusterJson({ name, log, place, servers, isSame }: ClusterReport): string {
  return jsonLine({
    event: "cluster",
    name,
    epoch: log?.epoch ?? null,
    last: log?.last ?? null,
    place,
    same: isSame,
    servers: servers.map(({ server, host, port, status, behind }) => ({
      server,
      host,
      port,
      there: status !== null,
      applied: status?.applied ?? null,
      behind,
      chain: status?.chainAtPlace ?? null,
      stop: status?.stop ?? null,
      clients: status?.clients ?? null,
      copiesMissing: status?.copiesMissing ?? null,
      copies: status?.copies ?? null,
      checked: status?.checks?.checkedMs ?? null,
      damagedFiles: status?.checks?.damagedFiles ?? null,
      wrongFiles: status?.checks?.wrongFiles ?? null,
    })),
  });
}

function stateOf({ status, behind }: InspectedServer, { fill }: Locale): string {
  if (status === null) return fill(TEXTS.away);
  const distance = behind === 0 ? [] : [fill(TEXTS.behind, { count: behind ?? 0 })];
  const halt = status.stop === null ? [] : [fill(TEXTS.halted, { stop: status.stop })];
  return [...halt, ...distance].join(", ") || fill(TEXTS.inStep);
}

function figuresOf({ status }: InspectedServer, locale: Locale): string {
  if (status === null) return "";
  const { clients, checks } = status;
  const copies = status.copiesMissing ?? 0;
  return [
    locale.fill(TEXTS.clients, { clients }),
    ...(copies === 0 ? [] : [locale.fill(TEXTS.copies, { copies })]),
    ...describeChecks(checks, locale),
  ].join(", ");
}

/** Tells that not all servers are to keep the same number of copies. */
function copiesOf({ servers }: ClusterReport, { fill }: Locale): string[] {
  const told = servers.flatMap(({ server, status }) => {
    const copies = status?.copies ?? null;
    return copies === null ? [] : [{ server, copies }];
  });
  if (new Set(told.map(({ copies }) => copies)).size < 2) return [];
  const copies = told.map(({ server, copies }) => `${server} ${cleanLine(copies)}`).join(", ");
  return [fill(TEXTS.copiesDiffer, { copies })];
}

function verdictOf(report: ClusterReport, locale: Locale): string {
  const { isSame, place, servers } = report;
  const chain = servers[0]?.status?.chainAtPlace ?? "";
  if (isSame) return locale.fill(TEXTS.same, { servers: servers.length, place, chain });
  return locale.fill(TEXTS.notSame, { reason: reasonOf(report, locale) });
}

function reasonOf({ log, servers, place }: ClusterReport, { fill }: Locale): string {
  if (log === null) return fill(TEXTS.noLog);
  if (servers.length === 0) return fill(TEXTS.noServer);
  const statuses = servers.flatMap(({ status }) => status === null ? [] : [status]);
  const chains = new Set(statuses.flatMap(({ chainAtPlace }) => chainAtPlace ?? []));
  if (chains.size > 1) return fill(TEXTS.diverged, { place });
  const missing = servers.length - statuses.length;
  if (missing > 0) return fill(TEXTS.missing, { servers: missing });
  const stopped = statuses.filter(({ stop }) => stop !== null).length;
  return stopped > 0 ? fill(TEXTS.stopped, { servers: stopped }) : fill(TEXTS.unknown, { place });
}
