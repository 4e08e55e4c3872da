import { lookalikeKeys } from "../protocol/lookalikes.ts";
import type { AccountStore } from "./account_store.ts";

/** The accounts by the look of their names. Reads them again when an account has changed. */
export class AccountLookalikes {
  readonly #accounts: AccountStore;
  #revision: number | null = null;
  /** The names of accounts by their {@link lookalikeKeys}. */
  #names = new Map<string, string>();

  /** Reads the accounts of the store. */
  constructor(accounts: AccountStore) {
    this.#accounts = accounts;
  }

  /**
   * The name of an account that looks like a name, or `null`.
   *
   * @throws if the database fails
   */
  find(name: string): string | null {
    this.#refresh();
    return lookalikeKeys(name).map((key) => this.#names.get(key)).find((found) => found) ?? null;
  }

  #refresh(): void {
    const { revision } = this.#accounts;
    if (this.#revision === revision) return;
    const accounts = this.#accounts.list();
    this.#names = new Map(
      accounts.flatMap(({ name }) => lookalikeKeys(name).map((key) => [key, name] as const)),
    );
    this.#revision = revision;
  }
}
