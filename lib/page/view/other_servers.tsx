import type { Peer } from "../../protocol/peers.ts";
import { formatEndpoint } from "../../stream/endpoint.ts";
import { t } from "../text/later_t.ts";
import { Icon } from "./icon.tsx";
import { formatRoute, route } from "./route.ts";

interface OtherServersProps {
  readonly peers: readonly Peer[];
}

/** Leads to the other servers of a cluster while this one cannot be reached. */
export function OtherServers({ peers }: OtherServersProps) {
  return (
    <div class="banner calm elsewhere" role="status">
      <Icon name="alert" />
      <div>
        <p class="banner-title">{t("noAnswerTitle")}</p>
        <p>{t("noAnswerText")}</p>
      </div>
      {peers.map((peer) => {
        const address = formatEndpoint({ hostname: peer.host, port: peer.port });
        return (
          <a key={address} class="quiet-button" href={pageAt(peer, address)}>
            {t("openAt", { url: address })}
          </a>
        );
      })}
    </div>
  );
}

/** The place that the page shows, at another server. One that has a fingerprint speaks TLS. */
function pageAt({ fingerprint }: Peer, address: string): string {
  return `http${fingerprint === null ? "" : "s"}://${address}/${formatRoute(route.value)}`;
}
