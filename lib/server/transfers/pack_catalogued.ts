import type { ServedFolder } from "../../files/served_folder.ts";
import { contentIndices, sha256At } from "../../protocol/batch_head.ts";
import type { BatchRequest } from "../../protocol/batch_requests.ts";
import type { Catalogue } from "../../transfer/catalogue.ts";
import type { PackedFiles } from "../../worker/batch_jobs.ts";
import type { FileWorker } from "../../worker/file_worker.ts";
import type { ClientIdentity } from "../context/client_identity.ts";

/** What {@link packCatalogued} packs. */
export interface CataloguedBatch extends Pick<BatchRequest, "paths" | "have" | "compare"> {
  readonly catalogue: Catalogue;
  readonly served: ServedFolder;
  /** The largest payload of a data frame. */
  readonly frameBytes: number;
}

/**
 * Packs the files of a batch that the client may read and that lie at their paths in the served folder of this
 * server. What the client has already is told by the catalogue; all others are to be asked for alone.
 */
export async function packCatalogued(
  identity: ClientIdentity,
  worker: FileWorker,
  { catalogue: { rows, held }, served, paths, have, compare, frameBytes }: CataloguedBatch,
): Promise<PackedFiles> {
  const alone = new Set<number>();
  for (;;) {
    identity.checkPresent(); // What is only compared takes no claim, which would check it
    const contents = paths.map((path, i) =>
      !alone.has(i) && identity.mayRead(path) ? rows.find(path)?.sha256 ?? null : null
    );
    const same = contents.flatMap((sha256, i) => sha256 !== null && sha256 === have[i] ? [i] : []);
    const isPacked = (path: string, i: number) => {
      if (compare || contents[i] === null || contents[i] === have[i]) return false;
      const holding = held.holdings.find(path);
      return holding !== null && holding.sha256 === contents[i] && !holding.isWrong;
    };
    const packed = paths.map((path, i) => isPacked(path, i) ? path : null);
    const wanted = { paths: packed, have: paths.map(() => null), compare: false, frameBytes };
    const { buffer, head, stamps } = await worker.call("packFiles", [served, wanted]);
    const indices = contentIndices(paths.length, head);
    const changed = indices.filter((at, i) => sha256At(head.sha256, i) !== contents[at]);
    for (const at of changed) {
      alone.add(at);
      const sha256 = contents[at] ?? null;
      if (sha256 !== null) held.doubt(sha256);
    }
    const isLost = paths.some((path, i) => contents[i] !== null && !identity.mayRead(path));
    if (changed.length > 0 || isLost) continue;
    const mtimes = indices.map((at, i) =>
      rows.find(paths[at] ?? "")?.mtimeMs ?? head.mtimes[i] ?? 0
    );
    const isSame = new Set(same);
    const left = head.alone.filter((at) => !isSame.has(at));
    return { buffer, head: { ...head, same, alone: left, mtimes }, stamps };
  }
}
