/** Reads a text; `null` if it is not there, or may not be read. */
export function readQuietly(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
