import { KeyCounts } from "../async/key_counts.ts";
import type { ClusterView } from "../cluster/cluster_view.ts";
import { Slots } from "../worker/slots.ts";
import { FairTurns } from "./context/fair_turns.ts";
import { LinkNews } from "./context/link_news.ts";
import { ListingCursors } from "./context/listing_cursors.ts";
import { Resumptions } from "./context/resumptions.ts";
import { SessionTokens } from "./context/session_tokens.ts";
import { Tickets } from "./context/tickets.ts";
import { newStats } from "./monitoring/stats.ts";

/** Listings that are read at once: each holds all names of its folders. */
const LISTINGS = 16;

/** The services that begin empty, and need nothing but the cluster, where there is one. */
export function newServices(cluster: ClusterView | null) {
  return {
    cluster,
    contents: null,
    listingCursors: new ListingCursors(),
    lookups: new KeyCounts<string>(),
    listings: new Slots(LISTINGS),
    tokens: new SessionTokens(cluster?.server),
    resumptions: new Resumptions(),
    stats: newStats(),
    turns: new FairTurns(),
    tickets: new Tickets(),
    linkNews: new LinkNews(),
  };
}
