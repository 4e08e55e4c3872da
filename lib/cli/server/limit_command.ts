import type { ServerGauges } from "../../server/monitoring/metrics.ts";
import type { Server } from "../../server/server.ts";
import type { RateLimits } from "../../stream/rate_limits.ts";
import { parseRate } from "../options/rate.ts";
import type { Locale } from "../texts/locale.ts";

/** Carries out `/limit [client] [RATE|off]`; without a rate it shows the limits. */
export function limitRates(
  server: Server,
  argument: string,
  locale: Locale,
): { readonly lines: readonly string[] } {
  const words = argument.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return { lines: [describeRates(server.rateLimits, locale)] };
  const isOfClient = words[0]?.toLowerCase() === "client";
  const [text, unexpected] = isOfClient ? words.slice(1) : words;
  const rate = text === undefined ? undefined : parseRate(text);
  if (rate === undefined || unexpected !== undefined) return { lines: [locale.t("limitUsage")] };
  server.rateLimits = { ...server.rateLimits, [isOfClient ? "perClient" : "total"]: rate };
  return { lines: [describeRates(server.rateLimits, locale)] };
}

/** What `/stats` tells of the limits, and of how long file data have waited for them: nothing without any. */
export function rateStats(
  { rateLimits }: Server,
  { pacedSentSeconds, pacedReceivedSeconds }: ServerGauges,
  locale: Locale,
): string[] {
  const seconds = Math.round(pacedSentSeconds + pacedReceivedSeconds);
  const { total = null, perClient = null } = rateLimits;
  if (total === null && perClient === null && seconds === 0) return [];
  return [locale.t("statsRates", { rates: describeRates(rateLimits, locale), seconds })];
}

function describeRates({ total, perClient }: RateLimits, { t, size }: Locale): string {
  const parts = [
    ...total ? [t("rateTotal", { rate: size(total) })] : [],
    ...perClient ? [t("ratePerClient", { rate: size(perClient) })] : [],
  ];
  return parts.length === 0 ? t("rateNone") : parts.join(", ");
}
