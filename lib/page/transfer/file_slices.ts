/** The size of the slices in which a file is read: smaller ones cost twice as much. */
const SLICE_BYTES = 8 * 1024 * 1024;

/**
 * The content of a file from an offset on, in slices, of which the next one is read ahead. Streams of
 * files stop for ever in some browsers.
 *
 * @throws {DOMException} `NotReadableError` when the file has changed or is gone
 */
export async function* slicesOf(
  file: Blob,
  from = 0,
  sliceBytes = SLICE_BYTES,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const read = (offset: number) => {
    const slice = file.slice(offset, offset + sliceBytes).arrayBuffer();
    slice.catch(() => {}); // Thrown where it is awaited
    return slice;
  };
  let next = from < file.size ? read(from) : null;
  for (let offset = from; next !== null; offset += sliceBytes) {
    const bytes = new Uint8Array(await next);
    const following = offset + sliceBytes;
    next = following < file.size ? read(following) : null;
    yield bytes;
  }
}
