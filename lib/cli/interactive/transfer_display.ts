import type { TransferListener } from "../../client/batch.ts";
import type { Omissions } from "../../protocol/answers.ts";
import { lastComponent } from "../../protocol/path.ts";
import { cleanLine, display, type DisplayText } from "../../protocol/text.ts";
import type { LineInput } from "../terminal/line_input.ts";
import type { Locale } from "../texts/locale.ts";
import { describeResult, type Direction, type TransferResult } from "../view/describe_result.ts";
import { describeOmissions } from "../view/omission_text.ts";
import { ProgressTotals, renderProgress } from "../view/progress.ts";
import { outputColumns, terminalColumns } from "../view/terminal_columns.ts";
import type { TransferJob } from "./transfer_job.ts";

const STATUS_INTERVAL_MS = 100;
/** Failures of one command that are printed; the others are only counted. */
const FAILURES_PRINTED = 20;

/** Options of {@link TransferDisplay}. */
export interface TransferDisplayOptions {
  readonly locale: Locale;
  readonly input: LineInput;
  /** Called for each file that fails, with the path that was asked for. */
  readonly onError: (error: unknown, path: string) => void;
}

/** Shows transfers beside the chat: one status line for all, and a line for each result. */
export class TransferDisplay {
  readonly #options: TransferDisplayOptions;
  #totals = new ProgressTotals();
  #shownMs = 0;

  /** Shows nothing yet. */
  constructor(options: TransferDisplayOptions) {
    this.#options = options;
  }

  /** Takes the status line away: no transfer is running. */
  end(): void {
    this.#options.input.status(null);
    this.#totals = new ProgressTotals();
  }

  /**
   * Counts and shows what is moved.
   *
   * @param onDone is told of each file that is in place first; `true` if it is a part of something that is summed up
   */
  listener(
    direction: Direction,
    job: TransferJob,
    onDone: (path: string, result: TransferResult) => boolean | void,
  ): TransferListener {
    const { input, locale, onError } = this.#options;
    return {
      onFound: (files, bytes) => this.#totals.expect(files, bytes),
      onProgress: (path, bytes, total) => this.#onProgress(path, bytes, total),
      onOmitted: (omitted) => this.tellOmitted(omitted),
      onDone: (path, result) => {
        this.#totals.finish(path, result.sizeBytes);
        job.files++;
        job.bytes += result.sizeBytes;
        if (onDone(path, result) === true || job.isSummed) return;
        const shownName = direction === "get" ? result.file : path;
        const view = { shownName, direction, columns: outputColumns() };
        input.print(describeResult(result, locale, view));
      },
      onError: (path, error) => {
        this.#totals.finish(path, 0);
        job.failed++;
        if (!job.signal.aborted && job.failed <= FAILURES_PRINTED) onError(error, path);
      },
    };
  }

  /** Prints lines. */
  print(lines: readonly DisplayText[]): void {
    for (const line of lines) this.#options.input.print(line);
  }

  /** Prints what came of several files. */
  printSum(
    path: string,
    { files, bytes, failed }: Pick<TransferJob, "files" | "bytes" | "failed">,
    way: Direction,
  ): void {
    const { input, locale: { t, size } } = this.#options;
    const values = { path: cleanLine(path), files, size: size(bytes) };
    const sum = way === "get" ? t("receivedSum", values) : t("sentSum", values);
    input.print(failed === 0 ? sum : display`${sum}; ${t("failedSum", { failed })}`);
  }

  /** Prints what is left out. */
  tellOmitted(omitted: Omissions): void {
    const { input, locale } = this.#options;
    for (const line of describeOmissions(omitted, locale)) input.print(line);
  }

  #onProgress(path: string, bytes: number, total: number): void {
    const { input, locale } = this.#options;
    this.#totals.update(path, bytes, total);
    const nowMs = performance.now();
    if (nowMs - this.#shownMs < STATUS_INTERVAL_MS) return;
    this.#shownMs = nowMs;
    const state = this.#totals.state(lastComponent(path), nowMs);
    input.status(renderProgress(state, locale, (terminalColumns() || Infinity) - 1));
  }

  /** Tells a person that a transfer has begun. */
  tell(text: "receiving" | "sending", path: string): void {
    const { input, locale: { t } } = this.#options;
    if (input.isTerminal) input.print(t(text, { path: cleanLine(path) }));
  }
}
