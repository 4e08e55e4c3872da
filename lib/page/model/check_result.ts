/** How a file of this machine compares with those of the server. */
export interface CheckResult {
  readonly sha256: string;
  /**
   * The file on the server that has the same SHA-256; else the one that it was compared with; `null`
   * where there is no such file.
   */
  readonly path: string | null;
  /** `null` when nothing was there to differ from. */
  readonly isRight: boolean | null;
  /** The files of the same size on the server … */
  readonly sameSize: number;
  /** … and how many of them were compared, the likeliest first. */
  readonly compared: number;
}
