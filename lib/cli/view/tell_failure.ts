import { abortable } from "@std/async/abortable";
import { type Failure, failureOf, formatFailure } from "../texts/failure.ts";
import type { ErrorOutput } from "./error_output.ts";
import type { ResultOutput } from "./result_output.ts";
import { errorEvent } from "./error_event.ts";
import { jsonLine } from "./json_line.ts";

/** Where the results of a command and its errors go. */
export interface CommandOutput {
  readonly results: ResultOutput;
  readonly errors: ErrorOutput;
}

/** How a failure is printed. */
export interface FailureFormat {
  readonly json: boolean;
  readonly output: CommandOutput;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Prints the failure of a path behind the results so far, with `json` also as an object, and returns its
 * exit code.
 *
 * @throws {OutputClosedError | DiskError} if the results cannot be written
 */
export async function tellFailure(
  path: string,
  failure: Failure,
  { json, output: { results, errors }, signal }: FailureFormat,
): Promise<number> {
  if (json) results.write(`${jsonLine(errorEvent(failure, path))}\n`);
  await abortable(results.written(), signal);
  errors.write(formatFailure(failureOf(path, failure)));
  return failure.exitCode;
}
