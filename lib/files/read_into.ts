/**
 * Reads a file from where it is on, until a buffer is full or the file ends.
 *
 * @returns the part of the buffer that was filled
 * @throws the system's error
 */
export async function readInto(
  file: Deno.FsFile,
  buffer: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  let length = 0;
  for (;;) {
    const count = await file.read(buffer.subarray(length));
    if (!count) return buffer.subarray(0, length); // End of file, or the buffer is full
    length += count;
  }
}
