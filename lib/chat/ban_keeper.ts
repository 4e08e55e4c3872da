import { Listeners } from "../async/listeners.ts";
import type { Ban } from "./ban.ts";
import type { BanOptions, Bans } from "./bans.ts";

/** Called with each ban that is set. @param notice for the clients that have it */
export type BanListener = (ban: Ban, notice: string) => void;

/** Sets and lifts bans: in the database of one server, or on all servers of a cluster. */
export interface BanKeeper {
  /**
   * Bans as {@link Bans.ban} does, and tells the listeners, on all servers.
   *
   * @throws {RequestError} `bad-request` for a text that can be no subject; `busy` if the servers do not answer
   */
  ban(addressOrNick: string, notice: string, options?: BanOptions): Promise<Ban>;
  /** Lifts a ban. Resolves to whether there was one. @throws {RequestError} `busy` as `ban` does */
  unban(addressOrNick: string): Promise<boolean>;
  /** Disposal of the result ends the calls. */
  onBan(listener: BanListener): Disposable;
}

/** Keeps the bans of a server alone. */
export class LocalBanKeeper implements BanKeeper {
  readonly #bans: Bans;
  readonly #listeners = new Listeners<Parameters<BanListener>>();

  /** @param bans those of the database */
  constructor(bans: Bans) {
    this.#bans = bans;
  }

  ban(addressOrNick: string, notice: string, options?: BanOptions): Promise<Ban> {
    return Promise.try(() => {
      const ban = this.#bans.ban(addressOrNick, options);
      this.#listeners.tell(ban, notice);
      return ban;
    });
  }

  unban(addressOrNick: string): Promise<boolean> {
    return Promise.try(() => this.#bans.unban(addressOrNick));
  }

  onBan(listener: BanListener): Disposable {
    return this.#listeners.add(listener);
  }
}
