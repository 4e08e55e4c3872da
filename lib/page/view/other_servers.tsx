import type { Peer } from "../../protocol/peers.ts";
import { formatEndpoint } from "../../stream/endpoint.ts";
import { formatArrival, formatPlace } from "../net/arrival.ts";
import { t } from "../text/later_t.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { formatRoute, route } from "./route.ts";

interface OtherServersProps {
  readonly peers: readonly Peer[];
}

/**
 * Leads to the other servers of a cluster while this one cannot be reached; while the page goes on at another one,
 * to that, from which it can be loaded again. Each opens the place that the page shows, with the nick and the rooms of
 * this tab; a page that has come by a link has that, and the claim by which it counts.
 */
export function OtherServers({ peers }: OtherServersProps) {
  const { connection, link } = useModel();
  const isMoved = connection.value.kind === "open";
  const place = link.value === null
    ? formatRoute(route.value) + formatArrival()
    : formatPlace(location.hash);
  return (
    <div class="banner calm elsewhere" role="status">
      <Icon name="alert" />
      <div>
        <p class="banner-title">{t(isMoved ? "movedTitle" : "noAnswerTitle")}</p>
        <p>{t(isMoved ? "movedText" : "noAnswerText")}</p>
      </div>
      {peers.map((peer) => {
        const address = formatEndpoint({ hostname: peer.host, port: peer.port });
        const origin = `http${peer.fingerprint === null ? "" : "s"}://${address}`;
        if (origin === location.origin) return null;
        return (
          <a key={address} class="quiet-button" href={`${origin}/${place}`}>
            {t("openAt", { url: address })}
          </a>
        );
      })}
    </div>
  );
}
