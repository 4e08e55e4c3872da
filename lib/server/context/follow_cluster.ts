import type { JoinedCluster } from "../../cluster/joined_cluster.ts";
import type { ServerServices } from "./services.ts";

/**
 * Tells the members which servers of the cluster are there, and ends the sessions of clients that have gone, or may
 * have gone, to another one. Disposal ends that.
 */
export function followCluster(
  { view: cluster }: Pick<JoinedCluster, "view">,
  { hub, tokens }: Pick<ServerServices, "hub" | "tokens">,
): Disposable {
  const parts = new DisposableStack();
  parts.use(cluster.onPeers(() => hub.tellAll({ event: "peers", peers: cluster.peers })));
  parts.use(cluster.onRelease((session) => tokens.find(session)?.close("lost")));
  parts.use(cluster.onThaw(() => {
    for (const session of tokens.all()) session.close("lost");
  }));
  return parts;
}
