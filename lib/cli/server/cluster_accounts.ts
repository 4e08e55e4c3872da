import type { AccountStore } from "../../accounts/account_store.ts";
import { checkAccountName } from "../../accounts/account_name.ts";
import type { Role } from "../../accounts/rights.ts";
import type { AccountChange, ChangedAccount } from "../../cluster/admin_changes.ts";
import type { ClusterOptions } from "../../server/config/cluster_options.ts";
import { withEngine } from "./with_engine.ts";

/**
 * Changes the accounts of a cluster, on all its servers: asks one of them. Passwords do not leave this machine,
 * only what proves them.
 *
 * Methods throw a `ClusterError` if no server can be reached, a `RequestError` as the change is refused.
 */
export class ClusterAccounts {
  readonly #store: AccountStore;
  readonly #cluster: ClusterOptions;

  /** @param store the accounts of a server of the cluster, by which verifiers are made */
  constructor(store: AccountStore, cluster: ClusterOptions) {
    this.#store = store;
    this.#cluster = cluster;
  }

  /** Adds an account. */
  async add(name: string, password: string, role: Role): Promise<ChangedAccount> {
    const [checked, verifier] = [checkAccountName(name), await this.#verifierOf(password)];
    return await this.#ask({ kind: "adduser", name: checked, role, rights: null, verifier });
  }

  /** Replaces the password of an account. */
  async setPassword(name: string, password: string): Promise<ChangedAccount> {
    return await this.#ask({ kind: "passwd", name, verifier: await this.#verifierOf(password) });
  }

  /** Removes an account. */
  async remove(name: string): Promise<ChangedAccount> {
    return await this.#ask({ kind: "deluser", name });
  }

  async #verifierOf(password: string) {
    const { encodeVerifier } = await import("../../cluster/account_entries.ts");
    return encodeVerifier(await this.#store.makeVerifier(password));
  }

  async #ask(change: AccountChange): Promise<ChangedAccount> {
    const { askAccountChange } = await import("../../cluster/admin_changes.ts");
    const { name } = this.#cluster;
    return await withEngine(this.#cluster, ({ bus }) => askAccountChange({ name, bus }, change));
  }
}
