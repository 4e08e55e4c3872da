import type { Engine } from "../../cluster/engine.ts";
import { ClusterError } from "../../protocol/cluster_error.ts";
import type { ClusterOptions } from "../../server/config/cluster_options.ts";
import { openNats } from "../../server/open_nats.ts";

/**
 * Does `work` with a connection to a cluster, from beside its servers, and ends the connection.
 *
 * @throws {DiskError} if the files of the options cannot be read
 * @throws {ClusterError} `unreachable` if the cluster cannot be reached, or does not answer; `no-log` if there is none
 * @throws what else `work` throws
 */
export async function withEngine<T>(
  cluster: ClusterOptions,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const { BusError, EngineError, isNoLog } = await import("../../cluster/engine.ts");
  const open = await openNats(cluster, () => {});
  try {
    await using engine = await open();
    return await work(engine);
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof BusError)) throw error;
    const code = isNoLog(error) ? "no-log" : "unreachable";
    throw new ClusterError(code, error.message, { cause: error, names: [cluster.name] });
  }
}
