import { cleanLine, display, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import type { TextKey } from "../texts/texts.ts";

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
