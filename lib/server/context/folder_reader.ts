import { packNames } from "../../files/folder_names.ts";
import { unpackInspected } from "../../files/inspect_names.ts";
import type { FolderReader } from "../../files/listing.ts";
import type { JobOwner } from "../../worker/fair_queue.ts";
import type { Jobs } from "../../worker/messages.ts";
import { readNames } from "../../worker/read_names.ts";
import type { ServerServices } from "./services.ts";

/** Reads folders of the served folder in a thread. */
export function folderReader(
  { pool, store }: Pick<ServerServices, "pool" | "store">,
  owner: JobOwner,
): FolderReader {
  return {
    resolve: (path) => pool.lookUp("resolve", [store.folder, path], owner),
    readNames: (realPath, first, signal) =>
      pool.use((worker) => readNames(worker, store.folder, { realPath, first }, signal), {
        owner,
        kind: "short",
      }),
    inspect: async (folder, names) => {
      const args: Parameters<Jobs["inspectNames"]> = [store.folder, folder, packNames(names)];
      return unpackInspected(await pool.lookUp("inspectNames", args, owner));
    },
  };
}
