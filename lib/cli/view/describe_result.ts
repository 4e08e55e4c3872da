import type { TransferredFile } from "../../client/batch.ts";
import { cleanLine, display, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import type { TextKey } from "../texts/texts.ts";
import { clipColumns } from "./progress.ts";

/** A file that was moved. */
export type TransferResult = Omit<TransferredFile, "path">;

/** Which way files go. */
export type Direction = "get" | "put";

/** Before a SHA-256 on a line of its own. */
const INDENT = display`  `;

const RESULT_TEXTS = {
  get: { done: "done", skipped: "skipped" },
  put: { done: "sent", skipped: "skippedThere" },
} as const satisfies Readonly<Record<Direction, { done: TextKey; skipped: TextKey }>>;

/** How a result is shown. */
export interface ResultView {
  /** The name of the file. */
  readonly shownName: string;
  readonly direction: Direction;
  /** The width of the terminal; no limit for none. */
  readonly columns: number;
}

/** The result of a file that is in place. Where a line is too long for the terminal, the SHA-256 has its own. */
export function describeResult(
  result: TransferResult,
  locale: Locale,
  view: ResultView,
): DisplayText {
  const sha256 = cleanLine(result.sha256);
  const line = describeWith(display` (${sha256})`, result, locale, view);
  if (clipColumns(line, view.columns) === line) return line;
  const indent = view.columns < INDENT.length + sha256.length ? display`` : INDENT;
  return display`${describeWith(display``, result, locale, view)}\n${indent}${sha256}`;
}

function describeWith(
  sha256: DisplayText,
  { sizeBytes, skipped, resumedFrom }: TransferResult,
  { t, size }: Locale,
  { shownName, direction }: ResultView,
): DisplayText {
  const texts = RESULT_TEXTS[direction];
  const text = t(skipped ? texts.skipped : texts.done, {
    file: cleanLine(shownName),
    size: size(sizeBytes),
    sha256,
  });
  if (resumedFrom === 0 || skipped) return text;
  return display`${text}, ${t("resumedAt", { size: size(resumedFrom) })}`;
}

/** The same as an object. @param seconds how long it took */
export function doneEvent(
  path: string,
  { file, sizeBytes, sha256, skipped, resumedFrom }: TransferResult,
  seconds: number,
): Record<string, unknown> {
  return {
    event: "done",
    path,
    file,
    bytes: sizeBytes,
    sha256,
    seconds: Math.round(seconds * 1000) / 1000,
    resumedFrom,
    ...(skipped && { skipped }),
  };
}
