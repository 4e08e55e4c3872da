import { display, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import type { TransferResult } from "./describe_result.ts";
import { formatClockSeconds, formatElapsed } from "./format_time.ts";

/** Shorter transfers have no speed that means anything. */
const LEAST_SECONDS = 0.05;

/** What the summary counts of a file that is in place. */
type SummedFile = Pick<TransferResult, "sizeBytes" | "skipped" | "resumedFrom">;

/** The figures of a whole transfer, under the names that `--json` has. */
export interface TransferFigures {
  /** Files that were moved. */
  readonly files: number;
  /** Bytes that were moved of these: what had been there before does not count. */
  readonly bytes: number;
  /** Files that were there already. */
  readonly skipped: number;
  /** Files, folders and searches that failed. */
  readonly failed: number;
  readonly seconds: number;
}

/** Adds up what one command has moved. */
export class TransferSummary {
  /** When the first file was found, by `performance.now()`. */
  #startedMs: number | null = null;
  #files = 0;
  #bytes = 0;
  #skipped = 0;

  /** Files are about to be moved. */
  begin(): void {
    this.#startedMs ??= performance.now();
  }

  /** A file is in place. */
  add({ sizeBytes, skipped, resumedFrom }: SummedFile): void {
    if (skipped) return void this.#skipped++;
    this.#files++;
    this.#bytes += sizeBytes - resumedFrom;
  }

  /** The figures so far. @param failed what has failed */
  figures(failed: number): TransferFigures {
    const nowMs = performance.now();
    const seconds = Math.round(nowMs - (this.#startedMs ?? nowMs)) / 1_000;
    return { files: this.#files, bytes: this.#bytes, skipped: this.#skipped, failed, seconds };
  }
}

/** The figures in a line: `3 files, 4.5 MB in 2.1 s (2.1 MB/s), 1 already there`; `null` for no files. */
export function describeFigures(
  { files, bytes, skipped, seconds }: TransferFigures,
  locale: Locale,
): DisplayText | null {
  const { t, size } = locale;
  const sum = { files, size: size(bytes), time: formatElapsed(seconds, locale) };
  const there = t("alreadyThere", { skipped });
  if (files === 0) return skipped === 0 ? null : there;
  const moved = bytes === 0 || seconds < LEAST_SECONDS
    ? t("movedSum", sum)
    : t("movedSumSpeed", { ...sum, speed: size(bytes / seconds) });
  return skipped === 0 ? moved : display`${moved}, ${there}`;
}

/** What a round has changed, with the time of its end; `null` for nothing. @param nowMs since 1970 */
export function describeRound(
  figures: TransferFigures & { readonly deleted: number },
  nowMs: number,
  locale: Locale,
): DisplayText | null {
  const { deleted } = figures;
  const moved = describeFigures({ ...figures, skipped: 0 }, locale);
  const gone = deleted === 0 ? null : locale.t("deletedHere", { deleted });
  const what = moved !== null && gone !== null ? display`${moved}, ${gone}` : moved ?? gone;
  return what === null ? null : display`${formatClockSeconds(nowMs)} ${what}`;
}
