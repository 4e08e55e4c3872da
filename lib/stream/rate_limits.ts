import { PACE_LIMITS } from "../protocol/limits.ts";

/** Limits of file data, in bytes a second, at least 16,384; `null`, or left out, for none. */
export interface RateLimits {
  /** Of all clients together. */
  readonly total?: number | null;
  /** Of each client, whatever the number of its connections. */
  readonly perClient?: number | null;
}

/** Checks rates: less than the least is taken for a stall by peers. @throws {RangeError} */
export function checkRates({ total, perClient }: RateLimits): void {
  const least = PACE_LIMITS.bytesPerSecond;
  for (const rate of [total ?? least, perClient ?? least]) {
    if (!(rate >= least)) throw new RangeError(`A rate must be at least ${least} bytes a second`);
  }
}
