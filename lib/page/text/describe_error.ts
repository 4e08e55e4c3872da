import {
  ConnectionError,
  describeFailure,
  type Language,
  RequestError,
} from "../../protocol/errors.ts";
import { cleanLine } from "../../protocol/text.ts";
import { language } from "./language.ts";
import { reasonTexts } from "./reasons.ts";
import { t } from "./t.ts";

/** An error as a sentence for people, in the page's language. */
export function describeError(error: unknown): string {
  if (error instanceof RequestError) {
    return describe(error, error.reason, error.code, language.value);
  }
  if (error instanceof ConnectionError) {
    const { requestReason, requestCode } = error;
    if (requestReason === null && requestCode === null && !error.isQuote) {
      return t("connectionLost");
    }
    return describe(error, requestReason, requestCode, language.value);
  }
  if (error instanceof DOMException) return describeBrowserError(error);
  return cleanLine(error instanceof Error ? error.message : String(error));
}

/** What the peer said in its own words says more than a code, and less than a reason. */
function describe(
  { message, isQuote }: RequestError | ConnectionError,
  reason: RequestError["reason"],
  code: RequestError["code"] | null,
  shown: Language,
): string {
  const text = reason === null ? undefined : reasonTexts.value?.[reason][shown];
  if (text !== undefined) return text;
  return code === null || isQuote ? cleanLine(message) : describeFailure(code, shown);
}

function describeBrowserError({ name, message }: DOMException): string {
  switch (name) {
    case "NotReadableError":
    case "NotFoundError":
      return t("fileUnreadable");
    case "QuotaExceededError":
      return t("browserFull");
    case "AbortError":
      return t("aborted");
    default:
      return cleanLine(message);
  }
}
