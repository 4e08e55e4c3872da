import type { Language } from "../protocol/errors.ts";
import { cleanLine } from "../protocol/text.ts";
import type { DownloadResult } from "../transfer/incoming_file.ts";
import { describeError, EXIT, type Failure, formatFailure } from "./failure.ts";
import { formatSize, writeError, writeOut } from "./output.ts";
import { renderProgress, SpeedMeter } from "./progress.ts";
import { translator } from "./texts.ts";

/** At most two progress objects a second and file. */
const JSON_INTERVAL_MS = 500;
const BAR_INTERVAL_MS = 100;

/** How results are told. */
export interface ReportFormat {
  readonly language: Language;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Whether to draw a bar: standard error is a terminal. */
  readonly bar: boolean;
  /** Results go to standard error, since a file goes to standard output. */
  readonly toStandardError?: boolean;
}

/** What people are told of a file that is in place, under the name `file`. */
export function describeResult(
  { file, bytes, sha256, skipped }: DownloadResult,
  language: Language,
  shownName: string = file,
): string {
  const size = formatSize(bytes, language);
  const key = skipped ? "skipped" : "done";
  return translator(language)(key, { file: cleanLine(shownName), size, sha256 });
}

/** Tells what becomes of the files of one `get`. */
export class Reporter {
  readonly #format: ReportFormat;
  readonly #files: number;
  readonly #meter = new SpeedMeter();
  readonly #progress = new Map<string, { bytes: number; total: number; toldMs: number }>();
  #barShown = false;
  #barMs = 0;
  #done = 0;
  #interrupted = false;

  /** @param files how many there are */
  constructor(format: ReportFormat, files: number) {
    this.#format = format;
    this.#files = files;
  }

  /** Bytes of a file came in. */
  onProgress(path: string, bytes: number, total: number): void {
    const nowMs = performance.now();
    const state = this.#progress.get(path) ?? { bytes, total, toldMs: -Infinity };
    Object.assign(state, { bytes, total });
    this.#progress.set(path, state);
    if (this.#format.json && nowMs - state.toldMs >= JSON_INTERVAL_MS) {
      state.toldMs = nowMs;
      this.#json({ event: "progress", path, bytes, total });
    }
    this.#drawBar(path, nowMs);
  }

  /** A file is in place. */
  onDone(path: string, result: DownloadResult, seconds: number): void {
    const { file, bytes, sha256, skipped } = result;
    this.#done++;
    this.#clearBar();
    const { language, json, quiet } = this.#format;
    if (json) {
      return this.#json({
        event: "done",
        path,
        file,
        bytes,
        sha256,
        seconds: Math.round(seconds * 1000) / 1000,
        resumedFrom: 0,
        ...(skipped && { skipped }),
      });
    }
    if (quiet) return;
    const name = this.#format.toStandardError ? path : file;
    this.#line(describeResult(result, language, name));
  }

  /** A file failed. */
  onError(path: string, error: unknown): Failure {
    this.#done++;
    this.#clearBar();
    const failure = describeError(error, this.#format.language);
    const { code, message, exitCode } = failure;
    if (exitCode === EXIT.interrupted) {
      this.#interrupted = true; // Told once, at the end
      return failure;
    }
    if (this.#format.json) this.#json({ event: "error", code, message, path });
    writeError(`${cleanLine(path)}: ${formatFailure(failure)}`);
    return failure;
  }

  /** All is over. */
  onEnd(failed: number): void {
    this.#clearBar();
    const t = translator(this.#format.language);
    if (this.#interrupted) writeError(`${t("interrupted")}\n`);
    else if (failed > 0 && this.#files > 1) {
      writeError(`${t("failedOf", { failed, total: this.#files })}\n`);
    }
  }

  #drawBar(name: string, nowMs: number): void {
    const { bar, json, quiet, language } = this.#format;
    if (!bar || json || quiet || nowMs - this.#barMs < BAR_INTERVAL_MS) return;
    this.#barMs = nowMs;
    let bytes = 0;
    let totalBytes = 0;
    for (const state of this.#progress.values()) {
      bytes += state.bytes;
      totalBytes += state.total;
    }
    const bytesPerSecond = this.#meter.update(bytes, nowMs);
    const files = { done: this.#done, total: this.#files };
    const text = renderProgress({ name, bytes, totalBytes, bytesPerSecond, files }, language);
    writeError(`\r\x1b[K${[...text].slice(0, Deno.consoleSize().columns - 1).join("")}`);
    this.#barShown = true;
  }

  #clearBar(): void {
    if (this.#barShown) writeError("\r\x1b[K");
    this.#barShown = false;
  }

  #json(value: Record<string, unknown>): void {
    this.#line(JSON.stringify(value));
  }

  #line(text: string): void {
    (this.#format.toStandardError ? writeError : writeOut)(`${text}\n`);
  }
}
