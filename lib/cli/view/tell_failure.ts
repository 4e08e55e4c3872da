import { type Failure, failureOf, formatFailure } from "../texts/failure.ts";
import { writeError, writeOut } from "./output.ts";
import { errorEvent } from "./error_event.ts";
import { jsonLine } from "./json_line.ts";

/** Prints the failure of a path, with `json` also as an object, and returns its exit code. */
export function tellFailure(path: string, failure: Failure, json: boolean): number {
  if (json) writeOut(`${jsonLine(errorEvent(failure, path))}\n`);
  writeError(formatFailure(failureOf(path, failure)));
  return failure.exitCode;
}
