import type { Prng } from "../helpers/prng.ts";
import type { Aim } from "../helpers/proxy_taps.ts";
import { CheckError } from "./checks.ts";
import type { ClientResult } from "./client_run.ts";
import type { Fixture } from "./fixture.ts";
import type { Outcome } from "./kind.ts";
import type { RunOptions, Transfer } from "./transfer.ts";

const MIB = 1024 * 1024;
/** Fewer bytes are sent again from the start; and bytes just sent may not be written yet. */
export const SURELY_KEPT_BYTES = 2 * MIB;
/** Approximate bytes of other frames than data, for a connection. */
const OVERHEAD_BYTES = 1_500;

/** Whether a transfer that is interrupted there must be resumable. */
export function isResumable({ payload, direction }: Transfer, aim: Aim): boolean {
  return !payload.isFolder && aim.direction === direction &&
    aim.atByte > SURELY_KEPT_BYTES && aim.atByte < payload.bytes;
}

/** A random position in a transfer: mostly in its data, sometimes before or after. */
export function aimAt(prng: Prng, { payload, direction }: Transfer): Aim {
  const overhead = OVERHEAD_BYTES + 300 * payload.hashes.size;
  if (prng.chance(0.15)) return { direction: prng.pick(["up", "down"]), atByte: prng.below(1_200) };
  if (prng.chance(0.1)) return { direction, atByte: payload.bytes + prng.below(overhead) };
  return { direction, atByte: prng.below(payload.bytes + overhead) };
}

/** The first attempt, with the fault. */
export interface FirstAttempt {
  readonly result: ClientResult;
  readonly wasHit: boolean;
  readonly isResumable: boolean;
}

/**
 * Checks the files after the first attempt, and that the next one succeeds if that is needed.
 */
export async function recover(
  fixture: Fixture,
  transfer: Transfer,
  { result, wasHit, isResumable }: FirstAttempt,
  options: RunOptions = {},
): Promise<Outcome> {
  transfer.checkInterrupted();
  const atOnce = result.code === 0;
  const last = atOnce ? result : await transfer.finish(options);
  await transfer.checkDone();
  await fixture.checkServer();
  transfer.remove();
  const hasResumed = last.done.some(({ resumedFrom }) => resumedFrom > 0);
  return { wasHit, isResumable: isResumable && wasHit, hasResumed, atOnce };
}

/**
 * Whether the client failed in a way that a stalled connection permits: the server still runs the
 * earlier upload, or its answer to HELO was lost, as if it were an original server.
 */
export function isStallFailure({ code, errors }: ClientResult): boolean {
  return code === 1 && errors.length > 0 &&
    errors.every((error) => error === "busy" || error === "unsupported");
}

/** @throws {CheckError} if the exit code is not allowed */
export function expectCode({ code, text }: ClientResult, allowed: readonly number[]): void {
  if (!allowed.includes(code)) {
    throw new CheckError(`The exit code is not one of ${allowed.join(", ")}:\n${text}`);
  }
}
