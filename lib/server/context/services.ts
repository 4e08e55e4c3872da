import type { LoginServices } from "../../accounts/login.ts";
import type { KeyCounts } from "../../async/key_counts.ts";
import type { BanKeeper } from "../../chat/ban_keeper.ts";
import type { ClusterView } from "../../cluster/cluster_view.ts";
import type { DirectoryStore } from "../../files/directory_store.ts";
import type { UploadStore } from "../../files/upload_store.ts";
import type { Bandwidth } from "../../stream/bandwidth.ts";
import type { Contents } from "../../transfer/contents.ts";
import type { Catalogue } from "../../transfer/catalogue.ts";
import type { FileHashes } from "../../transfer/file_hashes.ts";
import type { Slots } from "../../worker/slots.ts";
import type { WorkerPool } from "../../worker/worker_pool.ts";
import type { ServerStats } from "../monitoring/stats.ts";
import type { IdentityServices } from "./client_identity.ts";
import type { AccessWatch } from "./access_watch.ts";
import type { Arrivals } from "./arrivals.ts";
import type { DoubtedFiles } from "./doubted_files.ts";
import type { FairTurns } from "./fair_turns.ts";
import type { LinkNews } from "./link_news.ts";
import type { ListingCursors } from "./listing_cursors.ts";
import type { RefusalLog } from "./refusal_log.ts";
import type { RootWatch } from "./root_watch.ts";
import type { Resumptions } from "./resumptions.ts";
import type { SessionTokens } from "./session_tokens.ts";
import type { Tickets } from "./tickets.ts";
import type { UploadLocks } from "./upload_locks.ts";
import type { WebPeers } from "./web_peers.ts";

/** The objects that all sessions of a server share. */
export interface ServerServices extends IdentityServices {
  readonly store: DirectoryStore;
  readonly uploads: UploadStore;
  readonly uploadLocks: UploadLocks;
  readonly doubts: DoubtedFiles;
  readonly hashes: FileHashes;
  /** Gets contents from other servers of the cluster; `null` for a server that is alone. */
  contents: Contents | null;
  /** The files that several servers have in common; `null` for one server alone. */
  readonly catalogue: Catalogue | null;
  readonly listingCursors: ListingCursors;
  /** Unanswered lookups by address: see {@link PendingLookups}. */
  readonly lookups: KeyCounts<string>;
  /** Bounds the listings that are read at once. */
  readonly listings: Slots;
  readonly pool: WorkerPool;
  /** Paces file data. */
  readonly bandwidth: Bandwidth;
  readonly logins: LoginServices;
  /** Ends requests whose rights the rules take away. */
  readonly access: AccessWatch;
  readonly tokens: SessionTokens;
  readonly resumptions: Resumptions;
  /** Sets and lifts bans, on all servers of a cluster. */
  readonly banKeeper: BanKeeper;
  /** The cluster that the server belongs to; `null` for none. */
  readonly cluster: ClusterView | null;
  readonly stats: ServerStats;
  readonly turns: FairTurns;
  readonly arrivals: Arrivals;
  readonly webPeers: WebPeers;
  readonly tickets: Tickets;
  /** What has come by links, until their creators are told. */
  readonly linkNews: LinkNews;
  readonly refusals: RefusalLog;
  readonly rootWatch: RootWatch;
  /** Fires when the server stops: requests that have not begun fail with `shutting-down`. */
  readonly stopping: AbortSignal;
}
