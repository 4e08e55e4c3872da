import type { OmissionReason, OmittedPath } from "../../protocol/answers.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import type { TextKey } from "../texts/texts.ts";

const REASON_TEXTS = {
  "denied": "leftOut_denied",
  "folder-link": "leftOut_folderLink",
  "link": "leftOut_link",
  "name": "leftOut_name",
  "same-name": "leftOut_sameName",
  "special": "leftOut_special",
  "unicode": "leftOut_unicode",
} as const satisfies Readonly<Record<OmissionReason, TextKey>>;

/** What is left out, and why, on one line. */
export function describeOmission({ path, reason }: OmittedPath, { t }: Locale): string {
  const why = t(reason === null ? "leftOut_unknown" : REASON_TEXTS[reason]);
  return t("leftOut", { path: cleanLine(path), reason: why });
}
