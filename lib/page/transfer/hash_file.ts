import { slicesOf } from "./file_slices.ts";
import { startSha256 } from "./hasher.ts";
import type { JobControl } from "./link.ts";

/** Hashes a file of this machine, in hex. @throws {DOMException} when it cannot be read */
export async function hashFile(file: Blob, { signal, onProgress }: JobControl): Promise<string> {
  const hasher = await startSha256();
  let done = 0;
  for await (const slice of slicesOf(file)) {
    signal.throwIfAborted();
    hasher.update(slice);
    done += slice.length;
    onProgress({ done, phase: "checking", resumedAt: 0, size: file.size });
  }
  return hasher.digest();
}
