import { ConnectionError } from "../protocol/errors.ts";
import { endlessRetry, type RetryPolicy } from "./backoff.ts";

/** Codes of a server that is not there yet, or not there any more. */
const ABSENT: ReadonlySet<string> = new Set(["refused", "unreachable", "timeout", "lost"]);
/** Codes of requests by which a server refuses a client that it may take later. */
const TEMPORARY: ReadonlySet<string> = new Set(["server-full", "busy", "shutting-down"]);

/**
 * For scripts that wait for a server: so many attempts with the pauses of {@link endlessRetry}, also while
 * the server is gone. It gives up for errors that a later attempt would meet again.
 */
export function limitedRetry(attempts: number): RetryPolicy {
  return (failures, error) => {
    if (failures >= attempts || !(error instanceof ConnectionError)) return null;
    const mayPass = ABSENT.has(error.code) || TEMPORARY.has(error.requestCode ?? "");
    return mayPass ? endlessRetry(failures, error) : null;
  };
}
