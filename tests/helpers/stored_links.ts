import type { Link, NewLink } from "../../lib/accounts/link.ts";
import { LinkChanges } from "../../lib/accounts/link_changes.ts";
import { type KeyedLink, LocalLinkKeeper } from "../../lib/accounts/link_keeper.ts";
import { LinkStore } from "../../lib/accounts/link_store.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { TestAccounts } from "./accounts.ts";

/** The time at which the links are made unless a test says otherwise. */
export const NOW = 1_000_000_000_000;

const LINK: NewLink = {
  kind: "get",
  path: "docs",
  truePath: "docs",
  creator: { name: "alice", createdMs: 5 },
  lifeMs: LIMITS.linkMs,
  count: 2,
  sizeBytes: null,
  note: null,
};

/** The links of a database, which disposal closes, by a clock that the test sets. */
export class StoredLinks implements Disposable {
  readonly accounts: TestAccounts;
  readonly store: LinkStore;
  readonly changes: LinkChanges;
  readonly keeper: LocalLinkKeeper;
  nowMs = NOW;

  constructor(path?: string) {
    this.accounts = new TestAccounts(path);
    const { database } = this.accounts;
    this.store = new LinkStore(database);
    this.changes = new LinkChanges(database);
    this.keeper = new LocalLinkKeeper(database, this.accounts.store, () => this.nowMs);
  }

  /** Makes a link, by default one of `docs` for two claims. */
  make(more: Partial<NewLink> = {}): Promise<KeyedLink> {
    return this.keeper.add({ ...LINK, ...more });
  }

  /** Makes a link, and returns its id. */
  async add(more: Partial<NewLink> = {}): Promise<string> {
    return (await this.make(more)).link.id;
  }

  /** A link as the database has it. */
  find(id: string): Link {
    const link = this.store.find(id);
    if (link === null) throw new Error(`There is no link ${id}`);
    return link;
  }

  [Symbol.dispose](): void {
    this.accounts[Symbol.dispose]();
  }
}
