import type { Link, NewLink } from "../accounts/link.ts";
import {
  addByNewKey,
  type KeyedLink,
  type LinkKeeper,
  type VerifierMaker,
} from "../accounts/link_keeper.ts";
import type { ClusterLog } from "./cluster_log.ts";
import { linkEntry } from "./link_entries.ts";

/** Keeps the links of all servers of a cluster. Their secrets do not leave the server that makes them. */
export class LogLinkKeeper implements LinkKeeper {
  readonly #log: Pick<ClusterLog, "append" | "on" | "caughtUp">;
  readonly #accounts: VerifierMaker;

  /** Uses both, owns neither. */
  constructor(log: Pick<ClusterLog, "append" | "on" | "caughtUp">, accounts: VerifierMaker) {
    this.#log = log;
    this.#accounts = accounts;
  }

  async add(link: NewLink): Promise<KeyedLink> {
    const { added, secret } = await addByNewKey(
      this.#accounts,
      (id, verifier) => this.#log.append(linkEntry(link, id, verifier)),
    );
    return { link: added.link, secret };
  }

  async revoke(id: string): Promise<Link> {
    return (await this.#log.append({ kind: "unlink", link: id })).link;
  }

  async take(id: string, claim: string): Promise<number> {
    return (await this.#log.append({ kind: "claim", link: id, claim })).untilMs;
  }

  /** Rows must be the same on all servers: each new link forgets old ones, by the time of the log. */
  sweep(): void {}

  caughtUp(): Promise<void> {
    return this.#log.caughtUp();
  }

  onRevoke(listener: () => void): Disposable {
    return this.#log.on("unlink", () => listener());
  }
}
