import { onAbort } from "../../async/on_abort.ts";
import type { HashIndex } from "../../files/hash_index.ts";
import { describeFailure, messageOf } from "../../protocol/errors.ts";
import type { ServerServices } from "../context/services.ts";
import { LoopLag } from "../monitoring/loop_lag.ts";
import { RepeatedFailure } from "../monitoring/repeated_failure.ts";
import type { ClientSession } from "../session/client_session.ts";
import { indexLargeFiles } from "./indexer.ts";
import { sweepUploads } from "./upload_sweeper.ts";

/** Interval of the checks of sessions, accounts and rules. */
const CHECK_MS = 1_000;
/** Interval of the checks of the certificate. */
const RENEW_MS = 60 * 60 * 1_000;

/** A server, as its maintenance uses it. */
export interface MaintainedServer {
  readonly services: ServerServices;
  readonly index: HashIndex;
  /** The sessions that are open now. */
  sessions(): Iterable<ClientSession>;
  /** Called at every check. @param nowMs a reading of `performance.now()` */
  onCheck(nowMs: number): void;
  /**
   * Presents a renewed certificate to later connections.
   *
   * @throws {CertificateError}, {DiskError} if it cannot be read; the old certificate stays in use
   */
  renewCertificate(): Promise<void>;
}

/** The periodic work of a server: deadlines, expiry, rules, certificate, hashes, old uploads. */
export class Maintenance {
  readonly lag = new LoopLag();
  readonly #server: MaintainedServer;
  readonly #accountChecks = new RepeatedFailure((error) => this.#onError(error));
  #accountsRevision: number | null = null;
  #refreshing: Promise<void> | null = null;

  /** Owns nothing of the server. */
  constructor(server: MaintainedServer) {
    this.#server = server;
  }

  /** Works until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    const { settings, store, hashes, uploads } = this.#server.services;
    const onError = (error: unknown) => this.#onError(error);
    const timer = setInterval(() => this.#tick(), CHECK_MS);
    const renewal = setInterval(() => this.#server.renewCertificate().catch(onError), RENEW_MS);
    this.lag.start();
    onAbort(signal, () => {
      clearInterval(timer);
      clearInterval(renewal);
      this.lag.stop();
    });
    const sweeping = sweepUploads(uploads.parts, signal, onError);
    if (settings.files) {
      await indexLargeFiles(store, hashes, this.#server.index, signal).catch(onError);
    }
    await sweeping;
    await this.#refreshing;
  }

  /** Reads rules and certificate at once. What cannot be used is logged; the old ones stay. */
  async reload(): Promise<void> {
    const onError = (error: unknown) => this.#onError(error);
    await this.#server.services.rules.reload(); // Never rejects
    await this.#server.renewCertificate().catch(onError);
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const session of this.#server.sessions()) session.checkDeadlines(nowMs);
    this.#server.onCheck(nowMs);
    const { listingCursors, pool, uploadLocks, rules, refusals } = this.#server.services;
    refusals.sweep();
    listingCursors.sweep(nowMs);
    if (pool.isContended) uploadLocks.cancelStalled();
    this.#checkAccounts();
    rules.current(); // Never rejects
    this.#refreshing ??= this.#refreshRoot().finally(() => this.#refreshing = null);
  }

  /** Looks again for the served folder, and for what must not be served of it. Never rejects. */
  async #refreshRoot(): Promise<void> {
    const { rootWatch, store } = this.#server.services;
    await rootWatch.check();
    await store.refreshOwn();
  }

  /**
   * Kicks clients whose account was removed or changed: they have to log in again. What was begun
   * with a ticket of the account ends, too.
   */
  #checkAccounts(): void {
    const { accounts, settings, access } = this.#server.services;
    this.#accountChecks.run(() => {
      const { revision } = accounts;
      if (revision === this.#accountsRevision) return;
      this.#accountsRevision = revision;
      access.recheck();
      for (const session of this.#server.sessions()) {
        const { account } = session.identity;
        if (account === null || session.isData || accounts.isCurrent(account)) continue;
        session.kick(describeFailure("unauthenticated", settings.language)).catch(() => {}); // Gone
      }
    }, () => {});
  }

  #onError(error: unknown): void {
    this.#server.services.settings.onEvent({ event: "error", message: messageOf(error) });
  }
}
