import type { CatalogueKeeper } from "../../transfer/catalogue.ts";
import { onAbort } from "../../async/on_abort.ts";
import type { HashIndex } from "../../files/hash_index.ts";
import { describeFailure, messageOf } from "../../protocol/errors.ts";
import { describeArrival } from "../context/link_news.ts";
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
  /** Keeps the catalogue of a cluster; `null` for a server alone. */
  readonly keeper: CatalogueKeeper | null;
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
  readonly #linkChecks = new RepeatedFailure((error) => this.#onError(error));
  readonly #accountChecks = new RepeatedFailure((error) => this.#onError(error));
  #accountsRevision: number | null = null;
  #refreshing: Promise<void> | null = null;
  #isIndexing = true;

  /** Owns nothing of the server. */
  constructor(server: MaintainedServer) {
    this.#server = server;
  }

  /** Whether the files that were there at the start are not all hashed yet. */
  get isIndexing(): boolean {
    return this.#isIndexing;
  }

  /** Works until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    const { services } = this.#server;
    const { settings, uploads } = services;
    const onError = (error: unknown) => this.#onError(error);
    const timer = setInterval(() => this.#tick(), CHECK_MS);
    const renewal = setInterval(() => this.#renew(), RENEW_MS);
    this.lag.start();
    onAbort(signal, () => {
      clearInterval(timer);
      clearInterval(renewal);
      this.lag.stop();
    });
    const { keeper } = this.#server;
    await keeper?.mend(signal);
    const sweeping = sweepUploads(uploads.parts, services.links, signal, onError);
    const keeping = keeper?.keep(signal);
    if (settings.files) {
      await indexLargeFiles(services, this.#server.index, signal).catch((error) => {
        if (!signal.aborted) onError(error); // Else the threads have ended
      });
    }
    this.#isIndexing = false;
    await sweeping;
    await keeping;
    await this.#refreshing;
  }

  /** Reads rules and certificate at once. What cannot be used is logged; the old ones stay. */
  async reload(): Promise<void> {
    const onError = (error: unknown) => this.#onError(error);
    await this.#server.services.rules.reload(); // Never rejects
    await this.#server.renewCertificate().catch(onError);
  }

  #renew(): void {
    this.#server.renewCertificate().catch((error) => this.#onError(error));
    this.#linkChecks.run(() => this.#server.services.linkKeeper.sweep(), () => {});
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const session of this.#server.sessions()) session.checkDeadlines(nowMs);
    this.#server.onCheck(nowMs);
    const { listingCursors, pool, uploadLocks, rules, refusals, settings } = this.#server.services;
    if (settings.files) pool.warmUp(); // Not while the server starts, which would take longer
    refusals.sweep();
    listingCursors.sweep(nowMs);
    if (pool.isContended) uploadLocks.cancelStalled();
    this.#checkAccounts();
    this.#checkLinks();
    this.#tellOfLinks();
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

  /** Ends what is moved by a link that has expired, or was taken back by another process. */
  #checkLinks(): void {
    this.#linkChecks.run(() => {
      const links = new Set([...this.#server.sessions()].map(({ identity }) => identity.link));
      let hasEnded = false;
      for (const link of links) {
        link?.renew(); // Never rejects
        hasEnded ||= link?.hasEnded() ?? false;
      }
      if (hasEnded) this.#server.services.access.recheck();
    }, () => {});
  }

  /** Tells accounts that are there of what has come by their links. */
  #tellOfLinks(): void {
    const { hub, linkNews, settings: { language } } = this.#server.services;
    for (const { creator, ...arrival } of linkNews.take()) {
      hub.noticeToAccount(creator.name, describeArrival(arrival, language));
    }
  }

  #onError(error: unknown): void {
    this.#server.services.settings.onEvent({ event: "error", message: messageOf(error) });
  }
}
