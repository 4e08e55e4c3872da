import type { Hub } from "../chat/hub.ts";
import type { JoinedCluster } from "../cluster/joined_cluster.ts";
import type { ClusterState } from "../protocol/cluster_state.ts";
import { fill } from "../protocol/fill_text.ts";
import {
  CLUSTER_NOTICES,
  CLUSTER_STATE_TEXTS,
  NAMED_OLDER_SERVER,
  OLDER_SERVER,
} from "./config/cluster_texts.ts";
import type { ServerSettings } from "./config/options.ts";

/**
 * Tells the log and the clients of this server when it falls out of step with its cluster, and when it is in
 * step again; clients that come meanwhile, too. The log is told of older servers that would join.
 */
export function watchCluster(
  joined: Pick<JoinedCluster, "name" | "health" | "watchHealing" | "onOlderServer">,
  { hub, settings: { language, onEvent, onHealable } }: {
    readonly hub: Pick<Hub, "notice" | "standing">;
    readonly settings: Pick<ServerSettings, "language" | "onEvent" | "onHealable">;
  },
): void {
  const { name, health } = joined;
  const tell = (state: ClusterState) => {
    const message = fill(CLUSTER_STATE_TEXTS[state], language, { name });
    onEvent({ event: "cluster", state, name, message });
  };
  const stand = (state: ClusterState) => {
    tell(state);
    hub.standing.set(state === "in-step" ? null : CLUSTER_NOTICES[state][language]);
  };
  stand(health.state);
  health.onState((state) => {
    hub.notice(CLUSTER_NOTICES[state][language]);
    stand(state);
  });
  joined.watchHealing(onHealable);
  joined.onOlderServer((server) => {
    const message = server === null
      ? fill(OLDER_SERVER, language, { name })
      : fill(NAMED_OLDER_SERVER, language, { name, server });
    onEvent({ event: "warning", message });
  });
}
