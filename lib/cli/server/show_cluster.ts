import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine } from "../../protocol/text.ts";
import { formatEndpoint } from "../../stream/endpoint.ts";
import type { ClusterState } from "../../protocol/cluster_state.ts";
import type { Server } from "../../server/server.ts";
import type { Locale } from "../texts/locale.ts";
import { describeChecks } from "../view/file_checks.ts";

const TEXTS = {
  alone: {
    en: "this server is alone: --cluster makes it one of several",
    "pt-BR": "este servidor está só: --cluster o torna um de vários",
  },
  own: {
    en: "cluster {name}: {state} · this server: {figures} · others: {count}",
    "pt-BR": "cluster {name}: {state} · este servidor: {figures} · outros: {count}",
  },
  record: { en: "record {applied}", "pt-BR": "registro {applied}" },
  clients: { en: "clients: {clients}", "pt-BR": "clientes: {clients}" },
} as const satisfies Record<string, Text>;

const STATES: Readonly<Record<ClusterState, Text>> = {
  "in-step": { en: "in step", "pt-BR": "em dia" },
  "cut-off": { en: "cannot be reached", "pt-BR": "não responde" },
  "no-space": { en: "the disk here is full", "pt-BR": "o disco aqui está cheio" },
  "failed": {
    en: "the database here cannot be written",
    "pt-BR": "o banco de dados daqui não aceita gravações",
  },
  "newer": {
    en: "this server must be updated",
    "pt-BR": "este servidor precisa ser atualizado",
  },
  "diverged": {
    en: "this server holds something else",
    "pt-BR": "este servidor guarda outra coisa",
  },
  "log-lost": {
    en: "its log is another one, or lacks records",
    "pt-BR": "o log dele é outro, ou não tem todos os registros",
  },
};

/** The lines of `/cluster`: how this server stands to its cluster, and the others that are alive. */
export function showCluster(
  { cluster }: Pick<Server, "cluster">,
  _argument: string,
  locale: Locale,
) {
  const { fill } = locale;
  if (cluster === null) return { lines: [fill(TEXTS.alone)] };
  const { name, state, server, applied, peers } = cluster;
  const figures = [server, fill(TEXTS.record, { applied }), ...describeChecks(cluster, locale)];
  const own = { name, state: fill(STATES[state]), figures: figures.join(", ") };
  const lines = peers.map(({ server, host, port, applied, clients, checks }) =>
    [
      server,
      cleanLine(formatEndpoint({ hostname: host, port })),
      fill(TEXTS.record, { applied }),
      fill(TEXTS.clients, { clients }),
      ...describeChecks(checks, locale),
    ].join("  ")
  );
  return { lines: [fill(TEXTS.own, { ...own, count: peers.length }), ...lines] };
}
