import { LIMITS } from "../../protocol/limits.ts";
import type { Pacer } from "../../stream/pacer.ts";
import type { WorkerPool } from "../../worker/worker_pool.ts";

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
 * @param pool its jobs are the transfers under way
 * @param bandwidth at a limited rate, buffers are small enough to flow evenly
 */
export function bufferBytesFor(
  { pool, bandwidth }: {
    readonly pool: Pick<WorkerPool, "jobCount">;
    readonly bandwidth: { readonly sent: Pick<Pacer, "frameBytes"> };
  },
): number {
  const { bytes } = SIZES.find(({ below }) => pool.jobCount < below) ?? SIZES[2];
  return Math.min(bytes, bandwidth.sent.frameBytes);
}
