import type { DatabaseSync } from "node:sqlite";
import { clusterOf } from "../../files/cluster_tables.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { ClusterOptions } from "../../server/config/cluster_options.ts";
import type { OptionValues } from "../options/options.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import type { CLUSTER_OPTIONS } from "./cluster_options.ts";
import { clusterOptions } from "./cluster_settings.ts";

const NO_CLUSTER_HERE = {
  en:
    "The data folder {folder} belongs to no cluster: give that of a server of the cluster by --data",
  "pt-BR":
    "A pasta de dados {folder} não é de nenhum cluster: informe a de um servidor do cluster com --data",
} as const satisfies Text;

/** A data folder that is to be changed, and the options of the command. */
export interface ChangedFolder {
  readonly folder: string;
  readonly values: OptionValues<typeof CLUSTER_OPTIONS>;
  readonly locale: Locale;
  /** Says that `--cluster` is needed, where the cluster is named by `{name}`. */
  readonly needsCluster: Text;
}

/**
 * The cluster that a data folder belongs to, as the options name it; `null` for a server alone.
 *
 * @throws {UsageError} if only one of the two is of a cluster
 */
export function clusterOfFolder(
  database: DatabaseSync,
  { folder, values, locale, needsCluster }: ChangedFolder,
): ClusterOptions | null {
  const name = clusterOf(database);
  const cluster = clusterOptions(values, locale);
  if (name === null) {
    if (cluster === undefined) return null;
    throw new UsageError(locale.fill(NO_CLUSTER_HERE, { folder }));
  }
  if (cluster === undefined) throw new UsageError(locale.fill(needsCluster, { name }));
  return cluster;
}
