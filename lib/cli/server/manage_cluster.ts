import type { Engine } from "../../cluster/engine.ts";
import { SERVER_ID } from "../../files/server_id.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { OptionValues } from "../options/options.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import { UsageError } from "../texts/usage_error.ts";
import { clusterJson, describeCluster } from "../view/cluster_status.ts";
import { writeError, writeOut } from "../view/output.ts";
import { rejoin, seed } from "./cluster_folder.ts";
import { clusterOptions } from "./cluster_settings.ts";
import { makeClusterKey } from "./make_cluster_key.ts";
import type { SERVER_OPTIONS } from "./server_options.ts";
import { withEngine } from "./with_engine.ts";

type Values = OptionValues<typeof SERVER_OPTIONS>;

const TEXTS = {
  usage: {
    en: "Usage: {server} cluster status, forget ID, key FILE, rejoin, or seed",
    "pt-BR": "Uso: {server} cluster status, forget ID, key ARQUIVO, rejoin ou seed",
  },
  needsCluster: {
    en: "cluster {command} needs --cluster, the addresses of NATS",
    "pt-BR": "cluster {command} precisa de --cluster, os endereços do NATS",
  },
  id: {
    en: "{value} is no id of a server: cluster status shows them",
    "pt-BR": "{value} não é o id de um servidor: cluster status os mostra",
  },
  forgotten: {
    en: "The server {server} is forgotten.",
    "pt-BR": "O servidor {server} foi esquecido.",
  },
  unknown: {
    en: "The cluster knows no server {server}",
    "pt-BR": "O cluster não conhece o servidor {server}",
  },
  isThere: {
    en: "The server {server} is there: stop it first",
    "pt-BR": "O servidor {server} está lá: pare-o antes",
  },
} as const satisfies Record<string, Text>;

/**
 * Carries out `cluster status` or `cluster forget ID`, by the servers that run; `cluster rejoin` or `cluster seed`,
 * on the data folder of one that does not; or `cluster key FILE`.
 *
 * @returns the exit code: 1 for a status that does not prove that all servers hold the same
 * @throws {UsageError}, {ClusterError} when the cluster cannot be reached
 * @throws {DiskError} when the files of the options cannot be read
 */
export async function manageCluster(
  args: readonly string[],
  values: Values,
  locale: Locale,
): Promise<number> {
  const [command, id, unexpected] = args;
  const isStatus = command === "status" && id === undefined;
  const isForget = command === "forget" && id !== undefined && unexpected === undefined;
  if (command === "key" && id !== undefined && unexpected === undefined) {
    return await makeClusterKey(id, locale);
  }
  const isOfFolder = (command === "rejoin" || command === "seed") && id === undefined;
  if (!isStatus && !isForget && !isOfFolder) {
    throw new UsageError(locale.fill(TEXTS.usage, { server: typedPrograms().server }));
  }
  if (command === "rejoin") return await rejoin(values, locale);
  const cluster = clusterOptions(values, locale);
  if (cluster === undefined) {
    throw new UsageError(locale.fill(TEXTS.needsCluster, { command }));
  }
  if (isForget && !SERVER_ID.test(id)) {
    throw new UsageError(locale.fill(TEXTS.id, { value: id }));
  }
  return await withEngine(cluster, (engine) => {
    if (command === "seed") return seed(engine, cluster.name, values, locale);
    if (id !== undefined) return forget(engine, cluster.name, { id, locale });
    return showStatus(engine, cluster.name, { json: values.json, locale });
  });
}

async function showStatus(
  engine: Engine,
  name: string,
  { json, locale }: { readonly json: boolean; readonly locale: Locale },
): Promise<number> {
  const { inspectCluster } = await import("../../cluster/inspect_cluster.ts");
  const report = await inspectCluster(engine, name);
  const lines = json ? [clusterJson(report)] : describeCluster(report, locale);
  for (const line of lines) writeOut(`${line}\n`);
  return report.isSame ? EXIT.done : EXIT.other;
}

async function forget(
  { bus }: Engine,
  name: string,
  { id: server, locale }: { readonly id: string; readonly locale: Locale },
): Promise<number> {
  const { forgetServer } = await import("../../cluster/forget_server.ts");
  try {
    await forgetServer(bus, { name }, server);
    writeOut(`${locale.fill(TEXTS.forgotten, { server })}\n`);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const text = { "not-found": TEXTS.unknown, busy: TEXTS.isThere }[error.code as string];
    if (text === undefined) throw error;
    writeError(`${locale.fill(text, { server })}\n`);
    return EXIT.other;
  }
}
