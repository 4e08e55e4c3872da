import type { OmissionReason, Omissions, OmittedPath } from "../../protocol/answers.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import type { TextKey } from "../texts/texts.ts";

const REASON_TEXTS = {
  "busy": "leftOut_busy",
  "denied": "leftOut_denied",
  "folder-link": "leftOut_folderLink",
  "link": "leftOut_link",
  "link-loop": "leftOut_linkLoop",
  "link-skipped": "leftOut_linkSkipped",
  "name": "leftOut_name",
  "not-empty": "leftOut_notEmpty",
  "own": "leftOut_own",
  "same-name": "leftOut_sameName",
  "special": "leftOut_special",
  "unicode": "leftOut_unicode",
} as const satisfies Readonly<Record<OmissionReason, TextKey>>;

/** What is left out, and why, on one line. */
export function describeOmission({ path, reason }: OmittedPath, locale: Locale): DisplayText {
  return locale.t("leftOut", { path: cleanLine(path), reason: describeReason(reason, locale) });
}

/** Why something is left out; `null` for a reason that is not known. */
export function describeReason(reason: OmissionReason | null, { t }: Locale): DisplayText {
  return t(reason === null ? "leftOut_unknown" : REASON_TEXTS[reason]);
}

/** The same for several, one a line, and at the end how many more there are. */
export function describeOmissions({ count, paths }: Omissions, locale: Locale): DisplayText[] {
  const lines = paths.map((omitted) => describeOmission(omitted, locale));
  const unnamed = count - paths.length;
  return unnamed > 0 ? [...lines, locale.t("leftOutCount", { count: unnamed })] : lines;
}
