import type { TempDir } from "./temp_dir.ts";

/** The size of a file that a test waits for; 0 while there is no file. */
export function bytesAt(folder: TempDir, path: string): number {
  try {
    return Deno.statSync(folder.join(path)).size;
  } catch {
    return 0; // Not there yet
  }
}
