import type { JoinedCluster } from "../../cluster/joined_cluster.ts";
import type { ServerServices } from "./services.ts";

/**
 * Tells the members which servers of the cluster are there, and ends the sessions of clients that have gone, or may
 * have gone, to another one. Remembers what comes to any of them by links. Disposal ends that.
 */
export function followCluster(
  { view: cluster, log }: Pick<JoinedCluster, "view" | "log">,
  { hub, tokens, linkFiles }: Pick<ServerServices, "hub" | "tokens" | "linkFiles">,
): Disposable {
  const parts = new DisposableStack();
  parts.use(cluster.onPeers(() => hub.tellAll({ event: "peers", peers: cluster.peers })));
  parts.use(cluster.onRelease((session) => tokens.find(session)?.close("lost")));
  parts.use(cluster.onThaw(() => {
    for (const session of tokens.all()) session.close("lost");
  }));
  parts.use(log.on("put", ({ entry: { link, ...content } }) => linkFiles.add(link, content)));
  return parts;
}
