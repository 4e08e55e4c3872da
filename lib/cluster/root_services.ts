import type { CatalogueCopies } from "../files/catalogue_copies.ts";
import type { CatalogueRows } from "../files/catalogue_rows.ts";
import type { DirectoryStore } from "../files/directory_store.ts";
import type { HeldFiles } from "../files/held_files.ts";
import type { HoldingAt } from "../files/holdings.ts";
import type { FolderReader } from "../files/listing.ts";
import type { FileHashes } from "../transfer/file_hashes.ts";
import type { WorkerPool } from "../worker/worker_pool.ts";
import type { ClusterLog } from "./cluster_log.ts";

/** Holdings that are read in one turn. */
const HOLDINGS_AT_ONCE = 256;

/** What a `RootSync` uses, and does not own. */
export interface RootSyncServices {
  readonly log: Pick<ClusterLog, "append" | "incarnation">;
  readonly store: DirectoryStore;
  readonly rows: CatalogueRows;
  readonly copies: CatalogueCopies;
  readonly held: HeldFiles;
  readonly hashes: FileHashes;
  readonly pool: WorkerPool;
  /** Reads the served folder in a thread. Default: in this isolate. */
  readonly reader?: FolderReader;
  /** Whether an upload writes to a real path now. */
  readonly isBusy: (realPath: string) => boolean;
  /** Whether this server has a content apart from its served folder. */
  readonly hasElsewhere: (sha256: string) => boolean;
  /** Called with a path at which the served folder has another file than the catalogue. */
  readonly onConflict: (path: string) => void;
  /** Called with what a single file has met: the others go on. */
  readonly onError: (error: unknown) => void;
}

/** The holdings behind a path, in the order of their paths. */
export function* holdingsFrom(
  { held: { holdings } }: RootSyncServices,
  after: string,
): Generator<HoldingAt> {
  for (let last: string | undefined = after; last !== undefined;) {
    const page: HoldingAt[] = holdings.page(last, HOLDINGS_AT_ONCE);
    yield* page;
    last = page.at(-1)?.path;
  }
}
