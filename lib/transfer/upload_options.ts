/** Options of an upload. */
export interface UploadOptions {
  /** Path on the server. Default: the name of the file, in the root; content has none. */
  readonly path?: string;
  /**
   * Replace another file at that path. Default: fail with `exists`. In both cases, an identical
   * file is left alone, and the upload succeeds.
   */
  readonly replace?: boolean;
  /** Whether the path exists on the server, if known: saves a request. */
  readonly exists?: boolean;
  /**
   * The real path of a folder: a file that a link outside of it stands for is not sent, but fails with
   * `changed`. Default: any link is followed.
   */
  readonly within?: string;
  /**
   * Bytes of the file, if known ahead: small files then follow each other closely. A stream needs its
   * exact length.
   */
  readonly sizeBytes?: number;
  /** A room to announce the upload in. */
  readonly room?: string;
  /**
   * Hash a file of more than 64 KiB first, and let the server copy what it has elsewhere and this client may
   * read. Default: for a file that is announced in a room. Without effect for content.
   */
  readonly known?: boolean;
  /** Resume an interrupted upload of the file. Default: `true`; without effect for content. */
  readonly resume?: boolean;
  /** Compress data that becomes smaller, if the server supports it. Without effect for content. */
  readonly zstd?: boolean;
  /** Tell the server if the file may be executed, which it takes from accounts. Default: `true`. */
  readonly exec?: boolean;
  /** Called when data is sent; resumed bytes count as sent. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
  /** Aborts the upload; the server keeps the received part for a day. */
  readonly signal?: AbortSignal;
}

/** Options of an upload of content that is in no file. */
export interface ContentUploadOptions extends UploadOptions {
  /** Path on the server. */
  readonly path: string;
}

/** A completed upload: the file is on the server, whole and verified. */
export interface UploadResult {
  /** Path of the file on the server. */
  readonly path: string;
  /** Size of the file. */
  readonly sizeBytes: number;
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;
  /** Whether the server had the file already, so that nothing was sent. */
  readonly skipped: boolean;
  /** Bytes that the server kept of an earlier upload; 0 if this one started at the beginning. */
  readonly resumedFrom: number;
}
