/** Makes a file of that size whose bytes are zero; it takes no space where holes are known. */
export function writeZeros(path: string, sizeBytes: number): void {
  using file = Deno.openSync(path, { write: true, create: true });
  file.truncateSync(sizeBytes);
}
