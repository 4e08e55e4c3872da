import { DiskError } from "../../files/disk_error.ts";
import type { Omissions } from "../../protocol/answers.ts";
import { cleanLine, display, type DisplayText } from "../../protocol/text.ts";
import { EXIT, type Failure, failureOf, formatFailure } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import type { TextKey } from "../texts/texts.ts";
import { errorEvent } from "./error_event.ts";
import { ErrorOutput } from "./error_output.ts";
import { ResultOutput } from "./result_output.ts";
import type { ByteSink } from "./byte_sink.ts";
import { OmissionReport } from "./omission_report.ts";
import { terminalColumns } from "./terminal_columns.ts";
import { clipColumns, ProgressTotals, renderProgress } from "./progress.ts";
import { jsonLine } from "./json_line.ts";

/** At most two progress objects a second for each file. */
const JSON_INTERVAL_MS = 500;
const BAR_INTERVAL_MS = 100;
/** Failures by the loss of the server that are printed one by one; the rest is only counted. */
const LOSSES_TOLD = 20;

/** How results are printed. */
export interface ReportFormat {
  readonly locale: Locale;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Whether to draw a bar: standard error is a terminal. */
  readonly bar: boolean;
  /** Results go to standard error, since a file goes to standard output. */
  readonly toStandardError?: boolean;
}

/** A file that was moved. */
export interface TransferResult {
  /** Where it is on this machine. */
  readonly file: string;
  /** Size of the file. */
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
  /** Whether the file was there before, so that nothing was moved. */
  readonly skipped: boolean;
  /** The bytes that had been there before. */
  readonly resumedFrom: number;
}

/** Which way files go. */
export type Direction = "get" | "put";

const RESULT_TEXTS = {
  get: { done: "done", skipped: "skipped" },
  put: { done: "sent", skipped: "skippedThere" },
} as const satisfies Readonly<Record<Direction, { done: TextKey; skipped: TextKey }>>;

/** The result of a file that is in place, under the name `shownName`. */
export function describeResult(
  { sizeBytes, sha256, skipped, resumedFrom }: TransferResult,
  { t, size }: Locale,
  { shownName, direction }: { readonly shownName: string; readonly direction: Direction },
): DisplayText {
  const texts = RESULT_TEXTS[direction];
  const text = t(skipped ? texts.skipped : texts.done, {
    file: cleanLine(shownName),
    size: size(sizeBytes),
    sha256: cleanLine(sha256),
  });
  if (resumedFrom === 0 || skipped) return text;
  return display`${text}, ${t("resumedAt", { size: size(resumedFrom) })}`;
}

/** Standard output and standard error, or what stands for them. */
export interface ReportSinks {
  readonly out: ByteSink;
  readonly err: ByteSink;
}

/**
 * Prints the progress and the results of the files of one command. A terminal or a pipe that takes
 * nothing holds up no connection: results wait for it, and so do further files; progress is left out.
 */
export class Reporter {
  readonly #format: ReportFormat;
  readonly #direction: Direction;
  readonly #totals = new ProgressTotals();
  /** When the progress of a file was printed last. */
  readonly #toldMs = new Map<string, number>();
  #barShown = false;
  #barMs = 0;
  #losses = 0;
  #interrupted = false;
  readonly #out: ResultOutput;
  readonly #err: ErrorOutput;
  /** The last failure: one file in the way, or one full disk, is printed once for all that it stops. */
  #toldMessage = "";
  readonly #omissions: OmissionReport;
  /** Why results can no longer be printed. */
  #outputError: unknown = null;

  /** Prints nothing before the first file. */
  constructor(
    format: ReportFormat,
    direction: Direction = "get",
    { out, err }: ReportSinks = { out: Deno.stdout, err: Deno.stderr },
  ) {
    const { locale, json } = format;
    this.#format = format;
    this.#direction = direction;
    this.#out = new ResultOutput({ sink: out });
    this.#err = new ErrorOutput(locale, err);
    this.#omissions = new OmissionReport({
      locale,
      printJson: json ? (value) => this.#json(value) : null,
      tell: (text) => this.#err.write(text),
    });
  }

  /**
   * Resolves once the results of further files have room.
   *
   * @throws the signal's reason
   */
  async room(signal: AbortSignal): Promise<void> {
    await this.#out.room(signal).catch((error) => {
      signal.throwIfAborted();
      this.#outputError = error; // The transfers go on
    });
  }

  /** Resolves once all is printed; where a sink takes nothing, a second after the signal at the latest. */
  async printed(signal: AbortSignal): Promise<void> {
    await this.#out.written(signal).catch((error) => this.#outputError = error);
    await this.#err.written();
  }

  /** Expects more files, of so many bytes as far as is known. */
  expect(files: number, bytes: number): void {
    this.#totals.expect(files, bytes);
  }

  /** Bytes of a file moved. */
  onProgress(path: string, bytes: number, total: number): void {
    const nowMs = performance.now();
    this.#totals.update(path, bytes, total);
    const toldMs = this.#toldMs.get(path) ?? -Infinity;
    if (this.#format.json && nowMs - toldMs >= JSON_INTERVAL_MS && !this.#out.isFull) {
      this.#toldMs.set(path, nowMs);
      this.#json({ event: "progress", path, bytes, total });
    }
    this.#drawBar(path, nowMs);
  }

  /** A file is in place. */
  onDone(path: string, result: TransferResult, seconds: number): void {
    const { file, sizeBytes, sha256, skipped, resumedFrom } = result;
    this.#finish(path, sizeBytes);
    const { locale, json, quiet } = this.#format;
    if (json) {
      return this.#json({
        event: "done",
        path,
        file,
        bytes: sizeBytes,
        sha256,
        seconds: Math.round(seconds * 1000) / 1000,
        resumedFrom,
        ...(skipped && { skipped }),
      });
    }
    if (quiet) return;
    const isLocal = this.#direction === "get" && !this.#format.toStandardError;
    const shownName = isLocal ? file : path;
    this.#line(describeResult(result, locale, { shownName, direction: this.#direction }));
  }

  /** A file failed. */
  onError(path: string, error: unknown): Failure {
    this.#finish(path, 0);
    const failure = this.#format.locale.failure(error);
    const { message, exitCode } = failure;
    if (exitCode === EXIT.interrupted) {
      this.#interrupted = true; // Printed once, at the end
      return failure;
    }
    if (this.#format.json) this.#json(errorEvent(failure, path));
    if (exitCode === EXIT.connection && ++this.#losses > LOSSES_TOLD) return failure;
    const isTold = failure.namedPath !== undefined && message === this.#toldMessage;
    this.#toldMessage = message;
    if (!isTold) this.#err.write(formatFailure(failureOf(path, failure)));
    return failure;
  }

  /** Something is left out. What is named twice is counted once. */
  onOmitted(omitted: Omissions): void {
    this.#clearBar();
    this.#omissions.add(omitted);
  }

  /** Prints the end of the command. */
  onEnd(failed: number): void {
    this.#clearBar();
    this.#omissions.end();
    const { t } = this.#format.locale;
    if (this.#interrupted) this.#err.write(`${t("interrupted")}\n`);
    else if (failed > 0 && this.#totals.files > 1) {
      this.#err.write(`${t("failedOf", { failed, total: this.#totals.files })}\n`);
    }
  }

  /**
   * The exit code of the command, where that of its files is known and all is {@link printed}.
   *
   * @throws {DiskError} when all files are right, but their results could not be written
   */
  exitCode(files: number): number {
    // A reader that is gone has had enough; the files are as right as without it
    const isUnwritten = this.#outputError instanceof DiskError;
    if (files === EXIT.done && isUnwritten) throw this.#outputError;
    return this.#omissions.exitCode(files);
  }

  #finish(path: string, bytes: number): void {
    this.#totals.finish(path, bytes);
    this.#toldMs.delete(path);
    this.#clearBar();
  }

  #drawBar(name: string, nowMs: number): void {
    const { bar, json, quiet, locale } = this.#format;
    if (!bar || json || quiet || nowMs - this.#barMs < BAR_INTERVAL_MS) return;
    if (!this.#err.isIdle) return;
    this.#barMs = nowMs;
    const text = renderProgress(this.#totals.state(name, nowMs), locale);
    this.#err.write(`\r\x1b[K${clipColumns(text, terminalColumns() - 1)}`);
    this.#barShown = true;
  }

  #clearBar(): void {
    if (this.#barShown) this.#err.write("\r\x1b[K");
    this.#barShown = false;
  }

  #json(value: Record<string, unknown>): void {
    this.#line(jsonLine(value));
  }

  #line(text: string): void {
    if (this.#format.toStandardError) return this.#err.write(`${text}\n`);
    if (this.#outputError !== null) return;
    try {
      this.#out.write(`${text}\n`);
    } catch (error) {
      this.#outputError = error; // The transfers go on
    }
  }
}
