import { findEarlierPart } from "./part_names.ts";
import { HASH_BUFFER_BYTES } from "./source_file.ts";

/**
 * Copies a part of an earlier version of the program, which stays as it is, into an empty one, which
 * is at its start then. A part that is longer than `keepBytes` belongs to another file.
 *
 * @returns the number of copied bytes
 */
export function copyEarlierPart(path: string, into: Deno.FsFile, keepBytes: number): number {
  const earlier = keepBytes === 0 ? null : findEarlierPart(path);
  if (earlier === null || earlier.sizeBytes > keepBytes) return 0;
  using from = Deno.openSync(path);
  const buffer = new Uint8Array(HASH_BUFFER_BYTES);
  let copied = 0;
  for (;;) {
    const count = from.readSync(buffer.subarray(0, keepBytes - copied));
    if (!count) break; // The end, or all that is wanted
    for (let offset = 0; offset < count;) offset += into.writeSync(buffer.subarray(offset, count));
    copied += count;
  }
  into.seekSync(0, Deno.SeekMode.Start);
  return copied;
}
