import { ConnectionError } from "../protocol/errors.ts";

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** Pauses before the attempts of a brief retry. */
const BRIEF_MS = [0, 500, 1_000, 2_000] as const;
/** A server that is not there, or does not want us: who is in a hurry does not ask again. */
const HOPELESS: ReadonlySet<string> = new Set(["refused", "unreachable", "rejected"]);

/**
 * Decides how to go on after a connection was lost or could not be made.
 *
 * @param failures attempts to connect again that have failed so far
 * @param error what happened last
 * @returns milliseconds to wait before the next attempt, or `null` to give up
 */
export type RetryPolicy = (failures: number, error: unknown) => number | null;

/**
 * For people, who can stop it: twice as long each time, up to half a minute, and differently for
 * everybody, so that not all come back at once. Only what is no fault of the connection ends it.
 */
export const endlessRetry: RetryPolicy = (failures, error) => {
  if (!(error instanceof ConnectionError) || error.requestCode === "denied") return null;
  const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return ceilingMs / 2 + Math.random() * ceilingMs / 2;
};

/** For scripts: a few attempts at once, and none where there is no server any more. */
export const briefRetry: RetryPolicy = (failures, error) => {
  if (!(error instanceof ConnectionError) || error.requestCode === "denied") return null;
  if (failures > 0 && HOPELESS.has(error.code)) return null;
  return BRIEF_MS[failures] ?? null;
};
