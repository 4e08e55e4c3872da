import { checkLinkable, type Link, linkEnd, type NewLink } from "../../accounts/link.ts";
import { addByNewKey, type LinkKeeper, type VerifierMaker } from "../../accounts/link_keeper.ts";
import { DirectoryStore } from "../../files/directory_store.ts";
import type { LinkInfo, MadeLink } from "../../protocol/link_answers.ts";
import type { ClusterOptions } from "../../server/config/cluster_options.ts";
import { withEngine } from "./with_engine.ts";

/** A link that the operator of a server wants. */
export type WantedLink = Omit<NewLink, "truePath" | "creator">;

/** Makes links and takes them back, for the operator of a server. */
export interface LinkAdmin {
  /** @throws {RequestError} if nothing is there that can be shared, or there are too many links */
  add(wanted: WantedLink): Promise<MadeLink>;
  /** @throws {RequestError} `not-found` */
  revoke(id: string): Promise<void>;
}

/** A served folder. */
interface ServedFolder {
  readonly root: string;
  /** Files and folders of the server itself, which are no part of it. */
  readonly own: readonly string[];
}

/** The links of a server alone, which may run meanwhile. */
export class LocalLinks implements LinkAdmin {
  readonly #keeper: LinkKeeper;
  readonly #served: ServedFolder;

  /** Uses the keeper, does not own it. */
  constructor(keeper: LinkKeeper, served: ServedFolder) {
    this.#keeper = keeper;
    this.#served = served;
  }

  async add(wanted: WantedLink): Promise<MadeLink> {
    const { root, own } = this.#served;
    const store = await DirectoryStore.open(root, own);
    const { realPath, info } = await store.lookUp(wanted.path);
    checkLinkable(wanted.kind, info);
    const truePath = store.truePath(realPath);
    const { link, secret } = await this.#keeper.add({ ...wanted, truePath, creator: null });
    return { ...linkInfo(link), secret, type: info.isDirectory ? "folder" : "file" };
  }

  async revoke(id: string): Promise<void> {
    await this.#keeper.revoke(id);
  }
}

/**
 * The links of a cluster, on all its servers: asks one of them. Secrets do not leave this machine, only what
 * proves them. Methods throw a `ClusterError` if no server can be reached.
 */
export class ClusterLinks implements LinkAdmin {
  readonly #accounts: VerifierMaker;
  readonly #cluster: ClusterOptions;

  /** @param accounts those of a server of the cluster, by which verifiers are made */
  constructor(accounts: VerifierMaker, cluster: ClusterOptions) {
    this.#accounts = accounts;
    this.#cluster = cluster;
  }

  async add(wanted: WantedLink): Promise<MadeLink> {
    const { askNewLink } = await import("../../cluster/admin_changes.ts");
    const { linkEntry } = await import("../../cluster/link_entries.ts");
    const { name } = this.#cluster;
    const link = { ...wanted, truePath: wanted.path, creator: null };
    const { added, secret } = await withEngine(this.#cluster, async ({ bus }) =>
      await addByNewKey(
        this.#accounts,
        (id, verifier) => askNewLink({ name, bus }, linkEntry(link, id, verifier)),
      ));
    return { ...added, secret };
  }

  async revoke(id: string): Promise<void> {
    const { askUnlink } = await import("../../cluster/admin_changes.ts");
    const { name } = this.#cluster;
    await withEngine(this.#cluster, ({ bus }) => askUnlink({ name, bus }, id));
  }
}

/** A link as its creator sees it now. */
export function linkInfo(link: Link): LinkInfo {
  const { creator, revokedMs: _, truePath: _1, ...rest } = link;
  return { ...rest, user: creator?.name ?? null, ended: linkEnd(link, Date.now()) };
}
