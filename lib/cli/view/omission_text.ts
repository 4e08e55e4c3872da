import type { OmissionReason, Omissions, OmittedPath } from "../../protocol/answers.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import type { TextKey } from "../texts/texts.ts";

const REASON_TEXTS = {
  "denied": "leftOut_denied",
  "folder-link": "leftOut_folderLink",
  "link": "leftOut_link",
  "name": "leftOut_name",
  "own": "leftOut_own",
  "same-name": "leftOut_sameName",
  "special": "leftOut_special",
  "unicode": "leftOut_unicode",
} as const satisfies Readonly<Record<OmissionReason, TextKey>>;

/** What is left out, and why, on one line. */
export function describeOmission({ path, reason }: OmittedPath, { t }: Locale): DisplayText {
  const why = t(reason === null ? "leftOut_unknown" : REASON_TEXTS[reason]);
  return t("leftOut", { path: cleanLine(path), reason: why });
}

/** The same for several, one a line, and at the end how many more there are. */
export function describeOmissions({ count, paths }: Omissions, locale: Locale): DisplayText[] {
  const lines = paths.map((omitted) => describeOmission(omitted, locale));
  const unnamed = count - paths.length;
  return unnamed > 0 ? [...lines, locale.t("leftOutCount", { count: unnamed })] : lines;
}
