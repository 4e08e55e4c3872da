import type { Engine } from "../cluster/engine.ts";
import { readConfigFile } from "../files/config_file.ts";
import { loadByUrl } from "../load_by_url.ts";
import { CONFIG_LIMITS } from "../protocol/limits.ts";
import type { ClusterOptions } from "./config/cluster_options.ts";

/**
 * Makes what connects to the NATS of a cluster. The files are read once; what NATS needs is loaded now.
 *
 * @param onError called with failures of the connection that it goes on after
 * @throws {DiskError} if the files of the options cannot be read
 */
export async function openNats(
  { servers, name, credentialsPath, caPath }: ClusterOptions,
  onError: (error: Error) => void,
): Promise<() => Promise<Engine>> {
  const read = async (path: string | undefined) =>
    path === undefined
      ? null
      : new TextDecoder().decode(await readConfigFile(path, CONFIG_LIMITS.configFileBytes));
  const [credentials, ca] = [await read(credentialsPath), await read(caPath)];
  const { NatsEngine } = await loadByUrl<typeof import("../cluster/nats_engine.ts")>(
    new URL("../cluster/nats_engine.ts", import.meta.url),
  );
  return () => NatsEngine.connect({ servers, name, credentials, ca, onError });
}
