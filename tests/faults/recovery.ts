import { Fault } from "./checks.ts";
import type { ClientResult } from "./client_run.ts";
import type { Prng } from "./prng.ts";
import type { Outcome } from "./kind.ts";
import type { Aim } from "../helpers/proxy_taps.ts";
import type { Fixture } from "./fixture.ts";
import type { RunOptions, Transfer } from "./transfer.ts";

const MIB = 1024 * 1024;
/** What is less is sent again from the beginning; and what has just left need not be written. */
const SURELY_KEPT_BYTES = 2 * MIB;
/** Frames besides data, for each connection and each file: about. */
const OVERHEAD_BYTES = 1_500;

/** Whether it counts as having broken off in the middle, where it is worth going on. */
export function isResumable({ payload, direction }: Transfer, aim: Aim): boolean {
  return !payload.isFolder && aim.direction === direction &&
    aim.atByte > SURELY_KEPT_BYTES && aim.atByte < payload.bytes;
}

/** A random place in a transfer: mostly in its data, also in what is said before and after. */
export function aimAt(prng: Prng, { payload, direction }: Transfer): Aim {
  const overhead = OVERHEAD_BYTES + 300 * payload.hashes.size;
  if (prng.chance(0.15)) return { direction: prng.pick(["up", "down"]), atByte: prng.below(1_200) };
  if (prng.chance(0.1)) return { direction, atByte: payload.bytes + prng.below(overhead) };
  return { direction, atByte: prng.below(payload.bytes + overhead) };
}

/** What is known of a disturbed try. */
export interface FirstTry {
  readonly result: ClientResult;
  readonly wasHit: boolean;
  readonly isResumable: boolean;
}

/**
 * Makes sure that a try that was disturbed left nothing wrong behind, and that the next one
 * succeeds, if that is needed.
 */
export async function recover(
  fixture: Fixture,
  transfer: Transfer,
  { result, wasHit, isResumable }: FirstTry,
  options: RunOptions = {},
): Promise<Outcome> {
  transfer.checkBrokenOff();
  const atOnce = result.code === 0;
  const last = atOnce ? result : await transfer.finish(options);
  await transfer.checkDone();
  await fixture.checkServer();
  transfer.remove();
  const hasResumed = last.done.some(({ resumedFrom }) => resumedFrom > 0);
  return { wasHit, isResumable: isResumable && wasHit, hasResumed, atOnce };
}

/**
 * What may also come of a connection that stands still for longer than the client waits: the server
 * still holds the former upload, or its answer to HELO did not come, as of an original one.
 */
export function isOverstretched({ code, errors }: ClientResult): boolean {
  return code === 1 && errors.length > 0 &&
    errors.every((error) => error === "busy" || error === "unsupported");
}

/** @throws when the exit code is none of those */
export function expectCode({ code, text }: ClientResult, allowed: readonly number[]): void {
  if (!allowed.includes(code)) {
    throw new Fault(`The exit code is not one of ${allowed.join(", ")}:\n${text}`);
  }
}
