/** Creates a sparse file of that size, filled with zeros. */
export function writeZeros(path: string, sizeBytes: number): void {
  using file = Deno.openSync(path, { write: true, create: true });
  file.truncateSync(sizeBytes);
}
