/** Removes a file. Ignores failures: it is gone, or the next transfer uses it again. */
export function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Gone, or no permission
  }
}
