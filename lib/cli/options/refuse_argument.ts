import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";

/** Refuses an argument too many. @throws {UsageError} */
export function refuseArgument(unexpected: string | undefined, { t }: Locale): void {
  if (unexpected === undefined) return;
  throw new UsageError(t("unexpectedArgument", { value: unexpected }));
}
