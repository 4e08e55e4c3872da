import type { AccountStore } from "../accounts/account_store.ts";
import type { LoginServices } from "../accounts/login.ts";
import type { Subject } from "../accounts/rights.ts";
import type { RuleFile } from "../accounts/rule_file.ts";
import type { Bans } from "../chat/bans.ts";
import type { Hub } from "../chat/hub.ts";
import type { DirectoryStore } from "../files/directory_store.ts";
import type { UploadStore } from "../files/upload_store.ts";
import type { FileHashes } from "../transfer/file_hashes.ts";
import type { WorkerPool } from "../worker/worker_pool.ts";
import type { ClientSession } from "./client_session.ts";
import type { KeptListings } from "./kept_listings.ts";
import type { ServerSettings } from "./options.ts";
import type { SessionTokens } from "./session_tokens.ts";
import type { ServerStats } from "./stats.ts";
import type { UploadClaims } from "./upload_claims.ts";

/** The rules as they are now, which `current` looks at again. */
export type RuleSource = Pick<RuleFile, "rules" | "current">;

/** What all sessions of a server share. */
export interface ServerServices {
  readonly settings: ServerSettings;
  readonly store: DirectoryStore;
  readonly uploads: UploadStore;
  readonly claims: UploadClaims;
  readonly hashes: FileHashes;
  readonly listings: KeptListings;
  readonly pool: WorkerPool;
  readonly hub: Hub;
  readonly bans: Bans;
  readonly accounts: AccountStore;
  readonly logins: LoginServices;
  readonly rules: RuleSource;
  /** Whoever has no account. */
  readonly guest: Subject;
  readonly tokens: SessionTokens<ClientSession>;
  readonly stats: ServerStats;
}
