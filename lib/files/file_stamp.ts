/**
 * Distinguishes the states of a file without reading it. Times are milliseconds since 1970, at the
 * runtime's resolution; a field that the system does not report is 0.
 */
export interface FileStamp {
  /** Length of the content. */
  readonly sizeBytes: number;
  /** When the content changed last; programs can set it. */
  readonly modifiedMs: number;
  /**
   * When the content or the attributes changed last, in whole seconds (Deno 2.9); programs cannot
   * set it.
   */
  readonly changedMs: number;
  /** The number of the file in its file system. */
  readonly inode: number;
}

/** The stamp in what `stat` returned. */
export function stampOf(info: Deno.FileInfo): FileStamp {
  return {
    sizeBytes: info.size,
    modifiedMs: info.mtime?.getTime() ?? 0,
    changedMs: info.ctime?.getTime() ?? 0,
    inode: info.ino ?? 0,
  };
}

/** Whether the owner of a file may execute it; `false` where the system does not tell. */
export function isExecutable({ isFile, mode }: Deno.FileInfo): boolean {
  return Deno.build.os !== "windows" && isFile && ((mode ?? 0) & 0o100) !== 0;
}

/** Whether two stamps describe the same file in the same state. */
export function isSameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs &&
    a.changedMs === b.changedMs && a.inode === b.inode;
}

/** A stamp as an opaque word (compare HTTP's ETag), which changes if the content may have. */
export function versionTag({ sizeBytes, modifiedMs, changedMs, inode }: FileStamp): string {
  return [sizeBytes, modifiedMs, changedMs, inode].map((part) => part.toString(36)).join("-");
}

/** Numbers of a packed stamp. */
const FIELDS = 4;

/** Stamps in a form that costs another isolate little; `null` where there is none. */
export function packStamps(stamps: readonly (FileStamp | null)[]): Float64Array<ArrayBuffer> {
  const packed = new Float64Array(stamps.length * FIELDS);
  for (const [i, stamp] of stamps.entries()) {
    const at = i * FIELDS;
    packed[at] = stamp?.sizeBytes ?? NaN;
    packed[at + 1] = stamp?.modifiedMs ?? NaN;
    packed[at + 2] = stamp?.changedMs ?? NaN;
    packed[at + 3] = stamp?.inode ?? NaN;
  }
  return packed;
}

/** The stamp at a place of what {@link packStamps} returned. */
export function stampAt(packed: Float64Array, index: number): FileStamp | null {
  const at = index * FIELDS;
  const sizeBytes = packed[at] ?? NaN;
  if (Number.isNaN(sizeBytes)) return null;
  return {
    sizeBytes,
    modifiedMs: packed[at + 1] ?? 0,
    changedMs: packed[at + 2] ?? 0,
    inode: packed[at + 3] ?? 0,
  };
}
