import type { DatabaseSync } from "node:sqlite";
import { Waker } from "../async/waker.ts";
import { CatalogueCopies } from "../files/catalogue_copies.ts";
import { CatalogueRows } from "../files/catalogue_rows.ts";
import { HeldFiles } from "../files/held_files.ts";
import { Holdings } from "../files/holdings.ts";
import type { UploadParts } from "../files/upload_parts.ts";
import type { WantedContent } from "../transfer/contents.ts";
import type { CatalogueKeeper } from "../transfer/catalogue.ts";
import { ClusterCatalogue } from "./cluster_catalogue.ts";
import type { ClusterLog } from "./cluster_log.ts";
import { placeLeftParts } from "./place_left_parts.ts";
import type { RootSyncServices } from "./root_services.ts";
import { RootSync } from "./root_sync.ts";

/** Time between two looks at the served folder. */
const RESCAN_MS = 60_000;
/** The same where files were written too shortly ago. */
const SOON_MS = 3_000;

/** What a {@link ClusterCatalogueKeeper} uses, and does not own. */
export interface KeeperOptions
  extends Omit<RootSyncServices, "rows" | "copies" | "held" | "log" | "hasElsewhere"> {
  readonly log: ClusterLog;
  readonly database: DatabaseSync;
  /** The parts of uploads. */
  readonly parts: UploadParts;
  /** Whether this server has a content apart from its served folder. */
  readonly isKept: (wanted: WantedContent) => boolean;
  /** Time between two looks at the served folder. Default: a minute. */
  readonly rescanMs: number | undefined;
}

/** Keeps the served folder and the catalogue together. */
export class ClusterCatalogueKeeper implements CatalogueKeeper {
  readonly catalogue: ClusterCatalogue;
  readonly #services: RootSyncServices;
  readonly #sync: RootSync;
  readonly #parts: UploadParts;
  readonly #rescanMs: number;
  readonly #waker = new Waker();

  /** Nothing is looked for in the served folder before `keep`. */
  constructor({ database, parts, rescanMs, isKept, ...options }: KeeperOptions) {
    const rows = new CatalogueRows(database);
    const copies = new CatalogueCopies(database);
    const held = new HeldFiles(options.store, new Holdings(database));
    const hasElsewhere = (sha256: string) => {
      const [path] = rows.pathsOf(sha256, 1);
      const sizeBytes = path === undefined ? undefined : rows.find(path)?.size;
      return sizeBytes !== undefined && isKept({ sha256, sizeBytes });
    };
    this.#services = { ...options, rows, copies, held, hasElsewhere };
    this.#sync = new RootSync(this.#services);
    this.#parts = parts;
    this.#rescanMs = rescanMs ?? RESCAN_MS;
    this.catalogue = new ClusterCatalogue({
      ...this.#services,
      log: options.log,
      sync: this.#sync,
      onUnplaced: () => this.#waker.wake(),
    });
  }

  get conflicts(): number {
    return this.#sync.conflicts;
  }

  async mend(signal: AbortSignal): Promise<void> {
    await placeLeftParts(this.#services, this.#parts, signal).catch(this.#services.onError);
  }

  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#waker.begin();
      const postponed = await this.#pass(signal);
      const waitMs = postponed > 0 ? Math.min(SOON_MS, this.#rescanMs) : this.#rescanMs;
      if (await this.#waker.pause(waitMs, signal)) await this.mend(signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.catalogue[Symbol.asyncDispose]();
  }

  /** Never rejects. Returns how many files are to be looked at again soon. */
  async #pass(signal: AbortSignal): Promise<number> {
    try {
      return await this.#sync.pass(signal);
    } catch (error) {
      if (!signal.aborted) this.#services.onError(error);
      return 0;
    }
  }
}
