/**
 * What tells one state of a file from another without reading it. Times are milliseconds since
 * 1970, as fine as the runtime tells them; what the system does not know is 0.
 */
export interface FileStamp {
  /** Length of the content. */
  readonly sizeBytes: number;
  /** When the content changed last; programs can set it. */
  readonly modifiedMs: number;
  /**
   * When the content or the attributes changed last, in whole seconds (Deno 2.9); nobody can set
   * it back.
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

/** Whether two identities speak of the same file in the same state. */
export function isSameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs &&
    a.changedMs === b.changedMs && a.inode === b.inode;
}

/** One opaque word for an stamp: it changes whenever the content may have changed. */
export function versionTag({ sizeBytes, modifiedMs, changedMs, inode }: FileStamp): string {
  return [sizeBytes, modifiedMs, changedMs, inode].map((part) => part.toString(36)).join("-");
}
