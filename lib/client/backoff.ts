import { ConnectionError } from "../protocol/errors.ts";

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** Pauses before the attempts of a brief retry. */
const BRIEF_MS = [0, 500, 1_000, 2_000] as const;
/** Codes of a server that is not there, or refuses the client: a brief retry gives up. */
const HOPELESS: ReadonlySet<string> = new Set([
  "refused",
  "unreachable",
  "rejected",
  "other-service",
]);

/**
 * Decides when to connect again after a connection was lost or could not be made.
 *
 * @param failures attempts to connect again that have failed so far
 * @param error the last failure
 * @returns milliseconds to wait before the next attempt, or `null` to give up
 */
export type RetryPolicy = (failures: number, error: unknown) => number | null;

/**
 * For people, who can stop it: twice as long each time, up to half a minute, with a random part so
 * that clients do not all return at once. It gives up only for errors that are not the connection's.
 */
export const endlessRetry: RetryPolicy = (failures: number, error: unknown): number | null => {
  if (!(error instanceof ConnectionError) || error.requestCode === "denied") return null;
  const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return ceilingMs / 2 + Math.random() * ceilingMs / 2;
};

/** For scripts: a few attempts within seconds, and none once the server is gone. */
export const briefRetry: RetryPolicy = (failures: number, error: unknown): number | null => {
  if (!(error instanceof ConnectionError) || error.requestCode === "denied") return null;
  if (failures > 0 && HOPELESS.has(error.code)) return null;
  return BRIEF_MS[failures] ?? null;
};
