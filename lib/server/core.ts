import { join } from "@std/path";
import type { DatabaseSync } from "node:sqlite";
import { AccountLookalikes } from "../accounts/account_lookalikes.ts";
import { AccountStore } from "../accounts/account_store.ts";
import { KeyCounts } from "../async/key_counts.ts";
import { AttemptLimiter } from "../accounts/attempt_limiter.ts";
import { KnownLogins } from "../accounts/known_logins.ts";
import { guestSubject } from "../accounts/rights.ts";
import { RULE_FILE_NAME, RuleFile } from "../accounts/rule_file.ts";
import { RuleSet } from "../accounts/rule_set.ts";
import { Bans } from "../chat/bans.ts";
import { Hub } from "../chat/hub.ts";
import { openLocalStore } from "../chat/local_journal.ts";
import type { NickRules } from "../chat/nick_rules.ts";
import type { DirectoryStore } from "../files/directory_store.ts";
import type { DatabaseFile } from "../files/database_file.ts";
import { HashIndex } from "../files/hash_index.ts";
import { UploadStore } from "../files/upload_store.ts";
import { foldNick } from "../protocol/chat_names.ts";
import { messageOf } from "../protocol/errors.ts";
import { networkKey } from "../stream/ip_address.ts";
import { FileHashes } from "../transfer/file_hashes.ts";
import { Slots } from "../worker/slots.ts";
import { WorkerPool } from "../worker/worker_pool.ts";
import type { Capacity } from "./admission/capacity.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerSettings } from "./config/options.ts";
import { AccessWatch } from "./context/access_watch.ts";
import { Arrivals } from "./context/arrivals.ts";
import { FairTurns } from "./context/fair_turns.ts";
import { ListingCursors } from "./context/listing_cursors.ts";
import { RefusalLog } from "./context/refusal_log.ts";
import { RootWatch } from "./context/root_watch.ts";
import type { ServerServices } from "./context/services.ts";
import { Resumptions } from "./context/resumptions.ts";
import { WebPeers } from "./context/web_peers.ts";
import { SessionTokens } from "./context/session_tokens.ts";
import { Tickets } from "./context/tickets.ts";
import { UploadLocks } from "./context/upload_locks.ts";
import { newStats } from "./monitoring/stats.ts";
import { openState } from "./open_state.ts";

/** Listings that are read at once: each holds all names of its folders. */
const LISTINGS = 16;

/** A server without its connections. */
export interface ServerCore {
  readonly services: ServerServices;
  readonly index: HashIndex;
  /** Fires `services.stopping`. */
  stop(): void;
  /** Ends the threads and closes the database. */
  close(): void;
}

/** What a server uses of its machine. */
interface CoreResources extends Pick<Capacity, "threads" | "transfers"> {
  /** The lock of the data folder, which the core owns once it is open. */
  readonly lock: Disposable | null;
}

/**
 * Assembles a server. The caller closes it.
 *
 * @throws {RuleError}, {DiskError} if the rules cannot be read: the files that they protect would
 * be open to all clients
 * @throws {DiskError} as {@link openState} does
 */
export async function openCore(
  configured: ServerSettings,
  store: DirectoryStore,
  { threads, transfers, lock }: CoreResources,
): Promise<ServerCore> {
  const { settings, refusals } = withRefusalLog(configured);
  const ruled = await openRules(settings);
  const { database, file } = openState(settings);
  const index = new HashIndex(database);
  const stopping = new AbortController();
  const stored = openDatabaseServices(settings, database, file);
  const pool = new WorkerPool(threads, transfers);
  const services: ServerServices = {
    settings,
    store,
    uploads: new UploadStore(store, settings.maxUnfinishedBytes),
    hashes: new FileHashes(index, pool, errorReporter(settings)),
    pool,
    ...stored,
    logins: {
      store: stored.accounts,
      limiter: new AttemptLimiter({ known: new KnownLogins(database) }),
    },
    ...ruled,
    guest: guestSubject(settings.guestRights),
    ...newServices(),
    refusals,
    rootWatch: new RootWatch(store, settings),
    stopping: stopping.signal,
  };
  const close = () => {
    pool.close();
    stored.hub.close();
    database.close();
    lock?.[Symbol.dispose]();
  };
  return { services, index, stop: () => stopping.abort(), close };
}

/** The services that begin empty, and need no others. */
function newServices() {
  return {
    uploadLocks: new UploadLocks(),
    listingCursors: new ListingCursors(),
    lookups: new KeyCounts<string>(),
    listings: new Slots(LISTINGS),
    tokens: new SessionTokens(),
    resumptions: new Resumptions(),
    stats: newStats(),
    turns: new FairTurns(),
    tickets: new Tickets(),
  };
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

/** Opens the services that store their state in the database, and what the chat needs. They use it, do not own it. */
function openDatabaseServices(
  { language, historyMessages, limits, onEvent }: ServerSettings,
  database: DatabaseSync,
  file: DatabaseFile,
): Pick<ServerServices, "hub" | "bans" | "accounts" | "webPeers" | "arrivals"> {
  const checkStorage = () => file.check();
  const bans = new Bans(database, checkStorage);
  const accounts = new AccountStore(database);
  const chatStore = openLocalStore(database, {
    keep: historyMessages,
    checkStorage,
    onHistoryError: (error) => {
      onEvent({ event: "error", message: LOG_TEXTS[language].noHistory(messageOf(error)) });
    },
  });
  const webPeers = new WebPeers();
  const nickRules = nickRulesOf(accounts, bans);
  const isHeldBack = (network: string) => webPeers.areLikelyAt(network);
  const { receiptMs, loginMs } = limits;
  const hub = new Hub(chatStore, { language, nickRules, receiptMs, isHeldBack, loginMs });
  const arrivals = new Arrivals((address) => webPeers.areLikelyAt(networkKey(address)));
  return { hub, bans, accounts, webPeers, arrivals };
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

/** Without a data folder there are no rules. */
async function openRules(
  { dataDirectory, language, onEvent }: ServerSettings,
): Promise<Pick<ServerServices, "rules" | "access">> {
  const access = new AccessWatch();
  if (dataDirectory === null) {
    const none = () => Promise.resolve(RuleSet.EMPTY);
    return { access, rules: { rules: RuleSet.EMPTY, current: none, reload: none } };
  }
  const rules = await RuleFile.open(join(dataDirectory, RULE_FILE_NAME), {
    onReload: () => {
      onEvent({ event: "rules" });
      access.recheck();
    },
    onError: (error) => {
      onEvent({ event: "error", message: LOG_TEXTS[language].oldRules(error.message), error });
    },
  });
  return { access, rules };
}
