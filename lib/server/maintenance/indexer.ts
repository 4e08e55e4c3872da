import type { DirectoryStore } from "../../files/directory_store.ts";
import type { HashIndex } from "../../files/hash_index.ts";
import type { FileHashes } from "../../transfer/file_hashes.ts";
import { pause } from "../../async/pause.ts";

/** Smaller files are hashed when they are asked for: it takes milliseconds. */
const LARGE_BYTES = 1024 * 1024;
/** How long to leave the workers to the clients that need them. */
const PAUSE_MS = 1_000;

/**
 * Computes the hashes of large files ahead of the first request, one after the other, and forgets
 * those of files that are gone. Resolves early when `signal` fires.
 */
export async function indexLargeFiles(
  store: DirectoryStore,
  hashes: FileHashes,
  index: HashIndex,
  signal: AbortSignal,
): Promise<void> {
  const existing = new Set<string>();
  for await (const file of store.walk()) {
    if (signal.aborted) return;
    existing.add(file.realPath);
    if (file.stamp.sizeBytes < LARGE_BYTES) continue;
    // A file that cannot be read now is told to whoever asks for it
    while (!await hashes.index(file).catch(() => true)) {
      await pause(PAUSE_MS, signal);
      if (signal.aborted) return;
    }
  }
  if (!signal.aborted) index.prune(store.root, existing);
}
