/**
 * Writes all bytes to a file.
 *
 * @param onCount called with the bytes of each write
 * @throws the system's error
 */
export function writeAllSync(
  file: Deno.FsFile,
  bytes: Uint8Array,
  onCount: (count: number) => void,
): void {
  for (let offset = 0; offset < bytes.length;) {
    const count = file.writeSync(offset === 0 ? bytes : bytes.subarray(offset));
    offset += count;
    onCount(count);
  }
}
