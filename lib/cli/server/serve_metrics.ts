import { renderMetrics } from "../../server/monitoring/metrics.ts";
import type { Server } from "../../server/server.ts";
import { parseAddress } from "../../stream/address.ts";
import { serveText, type TextServer } from "../../stream/serve_text.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";

/** Serves the metrics at a place, if there is one. @throws {UsageError} when it is not an address */
export function serveMetrics(
  server: Server,
  place: string | undefined,
  locale: Locale,
): TextServer | null {
  if (place === undefined) return null;
  const endpoint = parseAddress(/^\d+$/.test(place) ? `127.0.0.1:${place}` : place);
  if (endpoint === null) throw new UsageError(locale.t("metricsPlace", { value: place }));
  const render = () => renderMetrics(server.stats, server.gauges(Deno.memoryUsage().rss));
  return serveText(endpoint, "/metrics", render, [Deno.hostname().toLowerCase()]);
}
