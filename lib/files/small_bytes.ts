/** A file up to this size is read, sent and written in one piece. */
export const SMALL_FILE_BYTES = 64 * 1024;
