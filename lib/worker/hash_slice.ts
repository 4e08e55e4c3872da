/** Bytes hashed per call: some milliseconds, in which the thread handles no other call. */
export const HASH_SLICE_BYTES = 8 * 1024 * 1024;
