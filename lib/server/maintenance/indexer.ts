import type { HashIndex } from "../../files/hash_index.ts";
import { poolLooks } from "../context/pool_looks.ts";
import type { ServerServices } from "../context/services.ts";

/** Smaller files are hashed when they are requested: it takes milliseconds. */
const LARGE_BYTES = 1024 * 1024;

/**
 * Computes the hashes of large files ahead of the first request, one after the other, and removes
 * the hashes of missing files. Resolves early if `signal` fires.
 */
export async function indexLargeFiles(
  services: Pick<ServerServices, "store" | "pool" | "hashes">,
  index: HashIndex,
  signal: AbortSignal,
): Promise<void> {
  const { store, hashes } = services;
  const existing = new Set<string>();
  // Of an empty folder nothing is asked of a thread, which takes time to start
  const files = await store.isEmpty() ? [] : store.walk(poolLooks(services));
  for await (const file of files) {
    if (signal.aborted) return;
    existing.add(file.realPath);
    if (file.stamp.sizeBytes < LARGE_BYTES) continue;
    // A file that cannot be read is reported when it is requested
    await hashes.index(file).catch(() => {});
  }
  await index.prune(store.root, existing, signal);
}
