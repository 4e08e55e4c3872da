import { describeFailure } from "../protocol/errors.ts";
import type { ClientSession } from "./client_session.ts";
import { messageOf, type ServerCore } from "./core.ts";
import { indexLargeFiles } from "./indexer.ts";
import type { Listening } from "./listening.ts";
import { LoopLag } from "./loop_lag.ts";
import { sweepUploads } from "./upload_sweeper.ts";

/** How often the clients are looked after. */
const CHECK_MS = 1_000;
/** How often a certificate is looked after. */
const RENEW_MS = 60 * 60 * 1_000;

/** What goes on beside the clients' requests, from the start of a server to its stop. */
export class Caretaker {
  readonly lag = new LoopLag();
  readonly #core: ServerCore;
  readonly #listening: Listening;
  readonly #sessions: () => Iterable<ClientSession>;
  #accountsRevision: number | null = null;

  /** @param sessions those that are there now */
  constructor(core: ServerCore, listening: Listening, sessions: () => Iterable<ClientSession>) {
    this.#core = core;
    this.#listening = listening;
    this.#sessions = sessions;
  }

  /** Works until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    const { settings, store, hashes, uploads } = this.#core.services;
    const onError = (error: unknown) => this.#onError(error);
    const timer = setInterval(() => this.#look(), CHECK_MS);
    const renewal = setInterval(() => this.#listening.renew().catch(onError), RENEW_MS);
    this.lag.start();
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      clearInterval(renewal);
      this.lag.stop();
    }, { once: true });
    const sweeping = sweepUploads(uploads, signal, onError);
    if (settings.files) {
      await indexLargeFiles(store, hashes, this.#core.index, signal).catch(onError);
    }
    await sweeping;
  }

  #look(): void {
    const nowMs = performance.now();
    for (const session of this.#sessions()) session.checkPace(nowMs);
    const { listings, pool, claims, rules } = this.#core.services;
    listings.sweep(nowMs);
    if (pool.isContended) claims.endStalled();
    this.#checkAccounts();
    rules.current(); // Never rejects
  }

  /** Whose account was removed, or got another password, has to log in again. */
  #checkAccounts(): void {
    const { accounts, settings } = this.#core.services;
    try {
      const { revision } = accounts;
      if (revision === this.#accountsRevision) return;
      this.#accountsRevision = revision;
      for (const session of this.#sessions()) {
        const { account } = session;
        if (account === null || session.isData || accounts.isCurrent(account)) continue;
        session.kick(describeFailure("unauthenticated", settings.language)).catch(() => {}); // Gone
      }
    } catch (error) {
      this.#onError(error);
    }
  }

  #onError(error: unknown): void {
    this.#core.services.settings.onEvent({ event: "error", message: messageOf(error) });
  }
}
