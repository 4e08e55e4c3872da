import { messageOf } from "../protocol/errors.ts";
import { join } from "@std/path";
import { AccountStore } from "../accounts/account_store.ts";
import { AttemptLimiter } from "../accounts/attempt_limiter.ts";
import { guestSubject } from "../accounts/rights.ts";
import { RULE_FILE_NAME, RuleFile, type RuleSource } from "../accounts/rule_file.ts";
import { RuleSet } from "../accounts/rule_set.ts";
import { Bans } from "../chat/bans.ts";
import { Hub } from "../chat/hub.ts";
import { openLocalStore } from "../chat/local_journal.ts";
import type { DirectoryStore } from "../files/directory_store.ts";
import { DiskError } from "../files/disk_error.ts";
import { HashIndex } from "../files/hash_index.ts";
import { UploadStore } from "../files/upload_store.ts";
import { FileHashes } from "../transfer/file_hashes.ts";
import { WorkerPool } from "../worker/worker_pool.ts";
import { ListingCursors } from "./context/listing_cursors.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerSettings } from "./config/options.ts";
import type { ServerServices } from "./context/services.ts";
import { SessionTokens } from "./context/session_tokens.ts";
import { openState } from "./open_state.ts";
import { newStats } from "./monitoring/stats.ts";
import { UploadLocks } from "./context/upload_locks.ts";

/** Everything of a server but its connections. */
export interface ServerCore {
  readonly services: ServerServices;
  readonly index: HashIndex;
  /** Fires `services.stopping`. */
  stop(): void;
  /** Ends the threads and closes the database. */
  close(): void;
}

/**
 * Puts a server together. The caller closes it.
 *
 * @throws {RuleError}, {DiskError} when the rules cannot be read: what they protect would be open
 * @throws {DiskError} when accounts are required and there is no place for them
 */
export async function openCore(
  settings: ServerSettings,
  store: DirectoryStore,
  workers: number,
): Promise<ServerCore> {
  const onError = (error: unknown) =>
    settings.onEvent({ event: "error", message: messageOf(error) });
  const rules = await openRules(settings);
  const database = openState(settings);
  if (settings.requireAccount && database.location() === null) {
    database.close();
    throw new DiskError(
      "io",
      settings.dataDirectory ?? "",
      LOG_TEXTS[settings.language].noAccounts,
    );
  }
  const index = new HashIndex(database);
  const pool = new WorkerPool(workers);
  const bans = new Bans(database);
  const accounts = new AccountStore(database);
  const chatStore = openLocalStore(database, {
    keep: settings.historyMessages,
    onHistoryError: (error) => {
      const message = LOG_TEXTS[settings.language].noHistory(messageOf(error));
      settings.onEvent({ event: "error", message });
    },
  });
  const hub = new Hub(chatStore, {
    language: settings.language,
    isReservedNick: (nick) => accounts.find(nick) !== null || bans.find("", nick) !== null,
  });
  const stopping = new AbortController();
  const services: ServerServices = {
    settings,
    store,
    uploads: new UploadStore(store),
    uploadLocks: new UploadLocks(),
    hashes: new FileHashes(index, pool, onError),
    listingCursors: new ListingCursors(),
    pool,
    hub,
    bans,
    accounts,
    logins: { store: accounts, limiter: new AttemptLimiter() },
    rules,
    guest: guestSubject(settings.guestRights),
    tokens: new SessionTokens(),
    stats: newStats(),
    stopping: stopping.signal,
  };
  const close = () => {
    pool.close();
    hub.close();
    database.close();
  };
  return { services, index, stop: () => stopping.abort(), close };
}

/** Without a data folder there are no rules. */
async function openRules(
  { dataDirectory, language, onEvent }: ServerSettings,
): Promise<RuleSource> {
  if (dataDirectory === null) {
    return { rules: RuleSet.EMPTY, current: () => Promise.resolve(RuleSet.EMPTY) };
  }
  return await RuleFile.open(join(dataDirectory, RULE_FILE_NAME), {
    onReload: () => onEvent({ event: "rules" }),
    onError: (error) => {
      onEvent({ event: "error", message: LOG_TEXTS[language].oldRules(error.message), error });
    },
  });
}
