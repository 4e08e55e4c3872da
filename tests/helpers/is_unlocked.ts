/** Whether no other open file holds a lock on this one, which need not exist. */
export function isUnlocked(path: string): boolean {
  try {
    using file = Deno.openSync(path, { write: true });
    return file.tryLockSync(true);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}
