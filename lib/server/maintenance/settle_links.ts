import type { ServerServices } from "../context/services.ts";

/** Counts what has come by links just before an earlier run died. Before clients come: they may send it again. */
export async function settleLinks(
  { links, store }: Pick<ServerServices, "links" | "store">,
): Promise<void> {
  await links.settle(async (path, sizeBytes) => {
    try {
      const { info } = await store.resolve(path);
      return info?.isFile === true && info.size === sizeBytes;
    } catch {
      return true; // It cannot be told: it counts
    }
  });
}
