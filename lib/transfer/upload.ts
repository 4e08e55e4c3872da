/** How an upload is wanted. */
export interface UploadOptions {
  /** Where it goes on the server. Default: its own name, in the root. */
  readonly path?: string;
  /**
   * Replace another file of that path. Default: fail with `exists`. One that is the same is left
   * alone and counts as done, in both cases.
   */
  readonly replace?: boolean;
  /** Whether something has that path, if it is known: it saves asking. */
  readonly isThere?: boolean;
  /** Its size, if it is known ahead: small files can follow each other closely. */
  readonly sizeBytes?: number;
  /** A room to announce it in. */
  readonly room?: string;
  /** Go on where an earlier upload of the file broke off. Default: `true`. */
  readonly resume?: boolean;
  /** Compress where that makes the data less, if the server takes it. */
  readonly zstd?: boolean;
  /** Called as data leaves; what the server had before counts. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
  /** Gives the upload up; the server keeps what it has for a day. */
  readonly signal?: AbortSignal;
}

/** An upload that is done: the file is on the server, whole and right. */
export interface UploadResult {
  /** Its path on the server. */
  readonly path: string;
  /** Size of the file. */
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
  /** The file had been there before; nothing was sent. */
  readonly skipped: boolean;
  /** How many of the bytes the server had from an earlier upload; 0 when it began anew. */
  readonly resumedFrom: number;
}
