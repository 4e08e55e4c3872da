import type { StoredFile } from "../files/directory_store.ts";
import { SMALL_FILE_BYTES } from "../files/small_bytes.ts";
import type { SmallSource } from "../files/small_content.ts";
import { dataArea, frameData, newDataBuffer, protocol2Layout } from "../protocol/data_frames.ts";

/** A small file in one frame of protocol 2, or in none if the file is empty. */
export interface SmallFile {
  readonly file: StoredFile;
  readonly buffer: ArrayBuffer;
  /** Of the content, in hex. */
  readonly sha256: string;
}

/** Reads, frames and closes an open file; `null` if it cannot be read, or has changed. */
export function readSmall(opened: SmallSource | null): SmallFile | null {
  if (opened === null) return null;
  const { file, source } = opened;
  try {
    const layout = protocol2Layout(file.stamp.sizeBytes, SMALL_FILE_BYTES);
    const buffer = newDataBuffer(layout);
    const dataBytes = source.read(dataArea(buffer, layout));
    const frameBytes = frameData(buffer, layout, dataBytes);
    const sha256 = source.digest();
    return { file, buffer: frameBytes === 0 ? new ArrayBuffer(0) : buffer, sha256 };
  } catch {
    return null; // The regular download reports the reason
  } finally {
    source.close();
  }
}
