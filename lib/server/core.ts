import { fill } from "../protocol/fill_text.ts";
import type { DatabaseSync } from "node:sqlite";
import { AccountLookalikes } from "../accounts/account_lookalikes.ts";
import { AccountStore } from "../accounts/account_store.ts";
import type { LoginServices } from "../accounts/login.ts";
import { AttemptLimiter } from "../accounts/attempt_limiter.ts";
import { KnownLogins } from "../accounts/known_logins.ts";
import { guestSubject } from "../accounts/rights.ts";
import { LocalLinkKeeper } from "../accounts/link_keeper.ts";
import { LinkStore } from "../accounts/link_store.ts";
import type { RuleFile } from "../accounts/rule_file.ts";
import { LocalBanKeeper } from "../chat/ban_keeper.ts";
import { Bans } from "../chat/bans.ts";
import { Hub } from "../chat/hub.ts";
import type { ChatStore } from "../chat/chat_store.ts";
import { openLocalStore } from "../chat/local_journal.ts";
import type { JoinedCluster } from "../cluster/joined_cluster.ts";
import type { NickRules } from "../chat/nick_rules.ts";
import type { DirectoryStore } from "../files/directory_store.ts";
import type { DatabaseFile } from "../files/database_file.ts";
import { HashIndex } from "../files/hash_index.ts";
import { UploadStore } from "../files/upload_store.ts";
import { foldNick } from "../protocol/chat_names.ts";
import { messageOf } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { Bandwidth } from "../stream/bandwidth.ts";
import { networkKey } from "../stream/ip_address.ts";
import type { WantedContent } from "../transfer/contents.ts";
import type { CatalogueKeeper } from "../transfer/catalogue.ts";
import { FileHashes } from "../transfer/file_hashes.ts";
import { WorkerPool } from "../worker/worker_pool.ts";
import type { Capacity } from "./admission/capacity.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerSettings } from "./config/options.ts";
import { Arrivals } from "./context/arrivals.ts";
import { DoubtedFiles } from "./context/doubted_files.ts";
import { RefusalLog } from "./context/refusal_log.ts";
import { RootWatch } from "./context/root_watch.ts";
import type { ServerServices } from "./context/services.ts";
import { WebPeers } from "./context/web_peers.ts";
import { UploadLocks } from "./context/upload_locks.ts";
import { joinIfAsked } from "./join.ts";
import { newServices } from "./new_services.ts";
import { openRules, shareRules } from "./open_rules.ts";
import type { FileServices } from "./open_catalogue.ts";
import { openState, type ServerState } from "./open_state.ts";

/** A server without its connections. */
export interface ServerCore {
  readonly services: ServerServices;
  readonly index: HashIndex;
  /** The cluster that the server is one of; `null` for none. */
  readonly joined: JoinedCluster | null;
  /** Where all state is; `close` closes it. */
  readonly database: DatabaseSync;
  /** Keeps its catalogue; `null` for a server alone. */
  readonly keeper: CatalogueKeeper | null;
  /** Fires `services.stopping`. */
  stop(): void;
  /** Leaves the cluster, closes the database, and ends the threads. */
  close(): Promise<void>;
}

/** What a server uses of its machine. */
interface CoreResources extends Pick<Capacity, "threads" | "transfers"> {
  /** The lock of the data folder, which the core owns once it is open. */
  readonly lock: Disposable | null;
}

/**
 * Assembles a server. The caller closes it. Where that fails, what was opened is closed, but for the lock.
 *
 * @throws {RuleError}, {DiskError} if the rules cannot be read: the files that they protect would
 * be open to all clients
 * @throws {DiskError} as {@link openState} does
 */
export async function openCore(
  configured: ServerSettings,
  store: DirectoryStore,
  { lock, ...limits }: CoreResources,
): Promise<ServerCore> {
  await using opening = new AsyncDisposableStack();
  const core = await assemble(configured, store, limits, opening);
  const opened = opening.move();
  const close = async () => {
    await opened.disposeAsync();
    lock?.[Symbol.dispose]();
  };
  return { ...core, close };
}

/** @param opening closes, in the end or where the rest fails, what is opened here */
async function assemble(
  configured: ServerSettings,
  store: DirectoryStore,
  { threads, transfers }: Omit<CoreResources, "lock">,
  opening: AsyncDisposableStack,
): Promise<Omit<ServerCore, "close">> {
  const { settings, refusals } = withRefusalLog(configured);
  const { ruleFile, ...ruled } = await openRules(settings);
  const pool = new WorkerPool(threads, transfers);
  opening.defer(() => pool.close());
  const shared = await openShared(settings, { pool, ruleFile }, opening);
  const { database, joined } = shared;
  const index = new HashIndex(database);
  const stopping = new AbortController();
  const stored = openDatabaseServices(settings, shared);
  opening.defer(() => stored.hub.close());
  const files = newFileServices(settings, store, { index, pool });
  const isKept = (wanted: WantedContent) => services.contents?.isKept(wanted) ?? false;
  const keeper = joined && await openCatalogue(joined, { ...files, database, isKept });
  opening.use(keeper);
  const services: ServerServices = {
    ...files,
    catalogue: keeper?.catalogue ?? null,
    bandwidth: new Bandwidth(settings.rateLimits),
    ...stored,
    logins: loginsOf(stored, shared),
    ...ruled,
    guest: guestSubject(settings.guestRights),
    ...newServices(joined?.view ?? null),
    refusals,
    stopping: stopping.signal,
  };
  if (joined !== null) opening.use(await followJoined(joined, services));
  return { services, index, joined, keeper, database, stop: () => stopping.abort() };
}

/** Opens the catalogue of the cluster. A server alone loads nothing of it. */
async function openCatalogue(
  joined: JoinedCluster,
  files: FileServices,
): Promise<CatalogueKeeper | null> {
  const { openCatalogueOf } = await import("./open_catalogue.ts");
  return await openCatalogueOf(joined, files);
}

/** Follows the cluster, for the log of the server and for its clients. Disposal ends the latter. */
async function followJoined(joined: JoinedCluster, services: ServerServices): Promise<Disposable> {
  const { followCluster } = await import("./context/follow_cluster.ts");
  const { watchCluster } = await import("./watch_cluster.ts");
  watchCluster(joined, services);
  return followCluster(joined, services);
}

/** What a server stores, and shares with the other servers of its cluster. */
interface SharedState extends ServerState {
  readonly chatStore: ChatStore;
  readonly joined: JoinedCluster | null;
}

/** Opens the database, and joins the cluster of the settings. @throws as {@link joinIfAsked} does */
async function openShared(
  settings: ServerSettings,
  { pool, ruleFile }: { readonly pool: WorkerPool; readonly ruleFile: RuleFile | null },
  opening: AsyncDisposableStack,
): Promise<SharedState> {
  const { database, file } = openState(settings);
  opening.defer(() => database.close());
  const local = openStore(settings, database, file);
  const joined = await joinIfAsked(settings, database, { store: local, pool });
  opening.defer(() => joined?.leave());
  if (joined !== null && ruleFile !== null) await shareRules(joined, ruleFile, settings);
  const chatStore = joined === null ? local : clusterStore(joined, local);
  return { database, file, joined, chatStore };
}

/** The services for the files of the served folder. */
function newFileServices(
  settings: ServerSettings,
  store: DirectoryStore,
  { index, pool }: { readonly index: HashIndex; readonly pool: WorkerPool },
) {
  const { language, onEvent } = settings;
  const hashes = new FileHashes(index, pool, errorReporter(settings));
  const onDamaged = (path: string) => {
    onEvent({ event: "error", message: fill(LOG_TEXTS.damaged, language, { path }) });
  };
  return {
    settings,
    store,
    pool,
    uploads: new UploadStore(store, settings.maxUnfinishedBytes),
    uploadLocks: new UploadLocks(),
    rootWatch: new RootWatch(store, settings),
    hashes,
    doubts: new DoubtedFiles({ hashes, pool, onDamaged }),
  };
}

function loginsOf(
  { accounts, links }: Pick<ServerServices, "accounts" | "links">,
  { database, joined }: SharedState,
): LoginServices {
  const limiter = new AttemptLimiter({ known: new KnownLogins(database) });
  joined?.shareAttempts(limiter);
  return { store: accounts, links, limiter };
}

function errorReporter({ onEvent }: ServerSettings): (error: unknown) => void {
  return (error) => onEvent({ event: "error", message: messageOf(error) });
}

/** Lets the log of refusals see all events first. */
function withRefusalLog(
  configured: ServerSettings,
): { readonly settings: ServerSettings; readonly refusals: RefusalLog } {
  const refusals = new RefusalLog(configured.onEvent);
  return { settings: { ...configured, onEvent: (event) => refusals.report(event) }, refusals };
}

/** Opens the storage of the chat of a single server. */
function openStore(
  { language, historyMessages, cluster, onEvent }: ServerSettings,
  database: DatabaseSync,
  file: DatabaseFile,
): ChatStore {
  return openLocalStore(database, {
    keep: historyMessages,
    // All servers of a cluster store the same, and give it to new ones
    ...(cluster !== null && { stored: LIMITS.historyMessages }),
    checkStorage: () => file.check(),
    onHistoryError: (error) => {
      const reason = messageOf(error);
      onEvent({ event: "error", message: fill(LOG_TEXTS.noHistory, language, { reason }) });
    },
  });
}

/** The storage of the chat of one of several servers. */
function clusterStore(joined: JoinedCluster, { history, kept }: ChatStore): ChatStore {
  return {
    history,
    kept,
    openJournal: (target) => joined.openJournal(target),
    openNeighbours: (target) => joined.openNeighbours(kept, target),
  };
}

/** Opens the services that store their state in the database, and what the chat needs. They use it, do not own it. */
function openDatabaseServices(
  { language, limits }: ServerSettings,
  { database, file, chatStore, joined }: SharedState,
): Pick<
  ServerServices,
  "hub" | "bans" | "banKeeper" | "accounts" | "links" | "linkKeeper" | "webPeers" | "arrivals"
> {
  const bans = new Bans(database, () => file.check());
  const accounts = new AccountStore(database);
  const webPeers = new WebPeers();
  const nickRules = nickRulesOf(accounts, bans);
  const isHeldBack = (network: string) => webPeers.areLikelyAt(network);
  const { receiptMs, loginMs } = limits;
  const hub = new Hub(chatStore, { language, nickRules, receiptMs, isHeldBack, loginMs });
  const arrivals = new Arrivals((address) => webPeers.areLikelyAt(networkKey(address)));
  const links = new LinkStore(database, { isShared: joined !== null });
  const linkKeeper = joined?.openLinks(accounts) ?? new LocalLinkKeeper(database, accounts);
  const banKeeper = joined?.openBans() ?? new LocalBanKeeper(bans);
  return { hub, bans, banKeeper, accounts, links, linkKeeper, webPeers, arrivals };
}

function nickRulesOf(accounts: AccountStore, bans: Bans): NickRules {
  const lookalikes = new AccountLookalikes(accounts);
  return {
    hasAccounts: () => accounts.hasAny(),
    isAccountOfOther: (nick, user) => {
      const name = accounts.find(nick)?.name ?? lookalikes.find(nick);
      return name !== null && (user === null || foldNick(name) !== foldNick(user));
    },
    isBanned: (nick) => bans.findName(nick) !== null,
  };
}
