/**
 * Frees the bytes of a buffer now. Its owner calls that, and nothing uses them afterwards: the collector of a thread
 * that makes few objects comes late.
 */
export function freeBytes(buffer: ArrayBuffer): void {
  if (!buffer.detached) buffer.transfer(0);
}
