import type { DatabaseSync } from "node:sqlite";
import { AccountChanges } from "../accounts/account_changes.ts";
import { LinkChanges } from "../accounts/link_changes.ts";
import { BanChanges } from "../chat/ban_changes.ts";
import type { History } from "../chat/history.ts";
import { KeptChanges } from "../chat/kept_changes.ts";
import { accountAppliers } from "./account_entries.ts";
import { chatAppliers } from "./chat_entries.ts";
import type { Appliers, EntryKindName } from "./entry.ts";
import { fileAppliers } from "./file_entries.ts";
import { linkAppliers } from "./link_entries.ts";
import { keptAppliers } from "./kept_entries.ts";
import { nickAppliers } from "./nick_entries.ts";
import { RuleRows } from "./rule_rows.ts";
import { serverAppliers } from "./server_entries.ts";

/** The state that entries change, all of it in one database. */
export interface ReplicatedState {
  readonly database: DatabaseSync;
  readonly history: History;
  /** Throws if the database has lost its file. Default: nothing. */
  readonly checkStorage?: () => void;
}

/** Makes the appliers of all kinds of entries. They use the state, do not own it. */
export function makeAppliers(state: ReplicatedState): Appliers<EntryKindName> {
  const links = new LinkChanges(state.database);
  return {
    ...chatAppliers(state.database, state.history.changes),
    ...fileAppliers(state.database, links),
    ...linkAppliers(links),
    ...nickAppliers(state.database),
    ...keptAppliers(new KeptChanges(state.database)),
    ...serverAppliers(state.database),
    ...accountAppliers({
      accounts: new AccountChanges(state.database),
      bans: new BanChanges(state.database),
      rules: new RuleRows(state.database),
    }),
  };
}
