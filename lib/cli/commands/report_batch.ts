import type { TransferFailure, TransferListener } from "../../client/batch.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import type { Reporter } from "../view/reporter.ts";

/** A listener that prints what it is told. */
export function listenerOf(reporter: Reporter): TransferListener {
  return {
    onFound: (files, bytes) => reporter.expect(files, bytes),
    onProgress: (path, bytes, totalBytes) => reporter.onProgress(path, bytes, totalBytes),
    onDone: (path, result, seconds) => reporter.onDone(path, result, seconds),
    onError: (path, error) => void reporter.onError(path, error),
    onOmitted: (omitted) => reporter.onOmitted(omitted),
  };
}

/** The exit code of the first failure, in the order of asking. */
export function exitCodeOf([first]: readonly TransferFailure[], { failure }: Locale): number {
  return first === undefined ? EXIT.done : failure(first.error).exitCode;
}
