import { deadline } from "../../async/deadline.ts";

/** The size of the slices in which a file is read: smaller ones cost twice as much. */
const SLICE_BYTES = 8 * 1024 * 1024;
/** Reading a slice takes milliseconds, or a turn of a sleeping disk. */
const STALL_MS = 2_000;

/** How {@link slicesOf} reads. */
export interface SliceOptions {
  /** Default: 8 MiB. */
  readonly sliceBytes?: number;
  /** Buffers to read into, which the caller has done with: it may add the one of a slice. */
  readonly free?: ArrayBuffer[];
  /** A read that takes longer is tried in another way. Default: 2 s. */
  readonly stallMs?: number;
}

/**
 * The content of a file, in slices, of which the next one is read ahead. A slice is the caller's until
 * it asks for the next one; its buffer is used again, unless the caller has transferred it.
 *
 * @throws {DOMException} `NotReadableError` when the file has changed or is gone
 */
export async function* slicesOf(
  file: Blob,
  { sliceBytes = SLICE_BYTES, free = [], stallMs = STALL_MS }: SliceOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const read = (offset: number) => {
    const part = file.slice(offset, offset + sliceBytes);
    const slice = readInto(
      part,
      free.pop() ?? new ArrayBuffer(Math.min(sliceBytes, file.size)),
      stallMs,
    );
    slice.catch(() => {}); // Thrown where it is awaited
    return slice;
  };
  let next = file.size > 0 ? read(0) : null;
  for (let offset = sliceBytes; next !== null; offset += sliceBytes) {
    const bytes: Uint8Array<ArrayBuffer> = await next;
    next = offset < file.size ? read(offset) : null;
    yield bytes;
    if (bytes.byteLength > 0) free.push(bytes.buffer);
  }
}

/**
 * Reads a part of a file into a buffer, which it takes over. Browsers free buffers late: with a new one
 * for each part, a large file would fill hundreds of megabytes.
 */
async function readInto(
  part: Blob,
  buffer: ArrayBuffer,
  stallMs: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = byobReader(part);
  if (reader === null) return await readAnew(part);
  try {
    let filled = 0;
    while (filled < part.size) {
      const into = new Uint8Array(buffer, filled, part.size - filled);
      // Once in some gigabytes, Chromium wakes no reader of a file
      const read = await deadline(reader.read(into), stallMs, null);
      if (read === null) return await readAnew(part);
      if (read.value === undefined || read.value.length === 0) throw changed();
      filled += read.value.length;
      buffer = read.value.buffer;
    }
    return new Uint8Array(buffer, 0, filled);
  } finally {
    reader.cancel().catch(() => {}); // It has nothing more
  }
}

/** Reads a part into a new buffer. */
async function readAnew(part: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await part.arrayBuffer());
}

/** `null` where the browser has none for files. */
function byobReader(part: Blob): ReadableStreamBYOBReader | null {
  try {
    return part.stream().getReader({ mode: "byob" });
  } catch {
    return null;
  }
}

function changed(): DOMException {
  return new DOMException("The file has changed", "NotReadableError");
}
