import { LIMITS } from "../../protocol/limits.ts";

/** Sizes of the buffers of a download, by the transfers under way when it begins. */
const SIZES = [
  { below: 64, bytes: LIMITS.protocol2DataBytes },
  { below: 256, bytes: 256 * 1024 },
  { below: Infinity, bytes: 64 * 1024 },
] as const;

/**
 * The largest buffer of a download. Each holds several of them for as long as its client reads
 * slowly: many slow clients get small ones, so that 10,000 of them hold 3 GB and not 40.
 *
 * @param transfers under way
 */
export function bufferBytesFor(transfers: number): number {
  return SIZES.find(({ below }) => transfers < below)?.bytes ?? SIZES[2].bytes;
}
