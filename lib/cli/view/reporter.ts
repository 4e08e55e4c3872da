import { DiskError } from "../../files/disk_error.ts";
import type { Omissions } from "../../protocol/answers.ts";
import type { DisplayText } from "../../protocol/text.ts";
import { EXIT, type Failure, failureOf, formatFailure } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import {
  describeResult,
  type Direction,
  doneEvent,
  type TransferResult,
} from "./describe_result.ts";
import { errorEvent } from "./error_event.ts";
import { ErrorOutput } from "./error_output.ts";
import { behind, type ReportSinks, STANDARD_SINKS } from "./report_sinks.ts";
import { ResultOutput } from "./result_output.ts";
import { type OmissionFormat, OmissionReport } from "./omission_report.ts";
import { describeFigures, describeRound, TransferSummary } from "./transfer_summary.ts";
import { terminalColumns } from "./terminal_columns.ts";
import { clipColumns, ProgressTotals, renderProgress } from "./progress.ts";
import { formatElapsed, formatSetTime } from "./format_time.ts";
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
  /** Whether the command is repeated: people get a line for each round, not for each file. */
  readonly inRounds?: boolean;
  /** Called for each file that is in place, before it is printed. */
  readonly onDone?: (path: string, result: TransferResult) => void;
}

/** How a round has ended, beyond the figures of its files. */
export interface RoundEnd {
  /** Its number, from 1. */
  readonly round: number;
  /** Files, folders and searches that failed. */
  readonly failed: number;
  /** Files of this machine that a mirror has deleted. */
  readonly deleted: number;
  readonly exitCode: number;
}

/**
 * Prints the progress and the results of the files of one command. A terminal or a pipe that takes
 * nothing holds up no connection: results wait for it, and so do further files; progress is left out.
 */
export class Reporter {
  readonly #format: ReportFormat;
  readonly #direction: Direction;
  #totals = new ProgressTotals();
  /** When the progress of a file was printed last. */
  readonly #toldMs = new Map<string, number>();
  #barShown = false;
  #barMs = 0;
  #losses = 0;
  #interrupted = false;
  readonly #columns: () => number;
  readonly #out: ResultOutput;
  readonly #err: ErrorOutput;
  /** The last failure: one file in the way, or one full disk, is printed once for all that it stops. */
  #toldMessage = "";
  #omissions: OmissionReport;
  readonly #omissionFormat: OmissionFormat;
  #summary = new TransferSummary();
  /** Why results can no longer be printed. */
  #outputError: unknown = null;

  /** Prints nothing before the first file. */
  constructor(
    format: ReportFormat,
    direction: Direction = "get",
    { out, err, columns = () => Infinity }: ReportSinks = STANDARD_SINKS,
  ) {
    const { locale, json, toStandardError } = format;
    this.#columns = () => columns(toStandardError ? "err" : "out");
    this.#format = format;
    this.#direction = direction;
    this.#err = new ErrorOutput(locale, err);
    this.#out = new ResultOutput({ sink: format.bar ? behind(this.#err, out) : out });
    this.#omissionFormat = {
      locale,
      printJson: json ? (value) => this.#json(value) : null,
      tell: (text) => this.#err.write(text),
    };
    this.#omissions = new OmissionReport(this.#omissionFormat);
  }

  /** Begins another round. What was left out in the last one is not told again. */
  beginRound(): void {
    this.#totals = new ProgressTotals();
    this.#summary = new TransferSummary();
    this.#omissions = new OmissionReport(this.#omissionFormat, this.#omissions);
    this.#toldMs.clear();
    this.#losses = 0;
    this.#interrupted = false;
    this.#toldMessage = "";
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
    this.#summary.begin();
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
    this.#finish(path, result.sizeBytes);
    this.#summary.add(result);
    this.#format.onDone?.(path, result);
    const { locale, json, quiet, inRounds } = this.#format;
    if (inRounds && (result.skipped || !json)) return;
    if (json) return this.#json(doneEvent(path, result, seconds));
    if (quiet) return;
    const [direction, columns] = [this.#direction, this.#columns()];
    const isLocal = direction === "get" && !this.#format.toStandardError;
    const shownName = isLocal ? result.file : path;
    this.#line(describeResult(result, locale, { shownName, direction, columns }));
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

  /** The connection is lost, or was not made: another attempt begins after a pause. */
  onRetry(error: unknown, pauseMs: number): void {
    const { locale, json, quiet } = this.#format;
    const { message } = locale.failure(error);
    const seconds = Math.round(pauseMs / 100) / 10;
    this.#clearBar();
    if (json) return this.#json({ event: "retry", message, seconds });
    const time = formatElapsed(seconds, locale);
    if (!quiet) this.#err.write(`${locale.t("retryIn", { message, time })}\n`);
  }

  /** A round has ended before its files, or after them, with an error of its own. */
  onRoundError(error: unknown): Failure {
    this.#clearBar();
    const failure = this.#format.locale.failure(error);
    if (failure.exitCode === EXIT.interrupted) return failure; // The user asked for it
    if (this.#format.json) this.#json(errorEvent(failure));
    this.#err.write(`tcp-chat: ${formatFailure(failure)}`);
    return failure;
  }

  /** Something is left out. What is named twice is counted once. */
  onOmitted(omitted: Omissions): void {
    this.#clearBar();
    this.#omissions.add(omitted);
  }

  /**
   * Prints the end of the command. People get a summary of several files; what goes to a script's log gets
   * it only beside failures, which it is silent without.
   *
   * @param hint for people at a terminal
   */
  onEnd(failed: number, hint: DisplayText | null = null): void {
    this.#clearBar();
    this.#omissions.end();
    const { locale, json, quiet, bar, inRounds = false } = this.#format;
    const figures = this.#summary.figures(failed);
    if (json && !inRounds) this.#json({ event: "summary", ...figures });
    const isSummed = this.#totals.files > 1 && !json && !quiet && !inRounds && (bar || failed > 0);
    const text = isSummed ? describeFigures(figures, locale) : null;
    if (text !== null) this.#err.write(`${text}\n`);
    if (this.#interrupted) this.#err.write(`${locale.t("interrupted")}\n`);
    else if (failed > 0 && this.#totals.files > 1) {
      this.#err.write(`${locale.t("failedOf", { failed, total: this.#totals.files })}\n`);
    }
    if (hint !== null) this.hint(hint);
  }

  /** Prints what a round has changed: for people a line, or nothing. */
  onRound({ failed, ...end }: RoundEnd): void {
    const { locale, json, quiet } = this.#format;
    const figures = { ...this.#summary.figures(failed), omitted: this.#omissions.count, ...end };
    if (json) return this.#json({ event: "round", ...figures });
    const text = describeRound(figures, Date.now(), locale);
    if (text !== null && !quiet) this.#line(text);
  }

  /** Tells people at a terminal what they may want to know. */
  hint(text: DisplayText): void {
    const { json, quiet, bar } = this.#format;
    if (!bar || json || quiet) return;
    this.#clearBar();
    this.#err.write(`${text}\n`);
  }

  /** Tells people at a terminal that the command goes on when nothing is to be seen. @param ms the pause */
  onRepeat(ms: number): void {
    const { locale } = this.#format;
    this.hint(locale.t("repeating", { time: formatSetTime(ms, locale) }));
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
    if (!this.#err.isIdle || !this.#out.isIdle) return;
    this.#barMs = nowMs;
    const columns = terminalColumns() - 1;
    const text = renderProgress(this.#totals.state(name, nowMs), locale, columns);
    this.#err.write(`\r\x1b[K${clipColumns(text, columns)}`);
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
