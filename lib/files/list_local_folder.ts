/** The names in a local folder, sorted, folders with a final `/`; none if it cannot be read. */
export async function listLocalFolder(path: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(path));
    return entries.map(({ name, isDirectory }) => isDirectory ? `${name}/` : name).sort();
  } catch {
    return [];
  }
}
