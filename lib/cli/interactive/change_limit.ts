import { parseRate } from "../options/rate.ts";
import type { InteractiveOptions } from "./interactive_options.ts";

/**
 * Limits the file data of the client, and prints the limit; without a rate it only prints it.
 *
 * @returns whether the rate is one
 */
export function changeLimit(
  text: string,
  { connection: { bandwidth }, locale: { t, size }, input }: Pick<
    InteractiveOptions,
    "connection" | "locale" | "input"
  >,
): boolean {
  const rate = text === "" ? bandwidth.limits.total ?? null : parseRate(text);
  if (rate === undefined) return false;
  bandwidth.limits = { total: rate };
  input.print(rate === null ? t("noLimit") : t("limitIs", { rate: size(rate) }));
  return true;
}
