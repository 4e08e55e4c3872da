import { renderMetrics } from "../../server/monitoring/metrics.ts";
import { ConnectionError } from "../../protocol/errors.ts";
import { parseAddress } from "../../stream/address.ts";
import { serveText, type TextServer } from "../../stream/serve_text.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import type { LastingServer } from "./lasting_server.ts";

/** Serves the metrics at a place; none while the server starts again. @throws {UsageError} when it is not an address */
export function serveMetrics(
  server: Pick<LastingServer, "current">,
  place: string,
  locale: Locale,
): TextServer {
  const endpoint = parseAddress(/^\d+$/.test(place) ? `127.0.0.1:${place}` : place);
  if (endpoint === null) throw new UsageError(locale.t("metricsPlace", { value: place }));
  const render = () => {
    const { current } = server;
    return current === null
      ? ""
      : renderMetrics(current.stats, current.gauges(Deno.memoryUsage().rss));
  };
  try {
    return serveText(endpoint, "/metrics", render, [Deno.hostname().toLowerCase()]);
  } catch (error) {
    throw error instanceof ConnectionError && error.code === "in-use" ? ofMetrics(error) : error;
  }
}

/** The same error with the hint for this port: it is not the one of the chat. */
function ofMetrics({ code, message, cause, address }: ConnectionError): ConnectionError {
  const details = { hint: "metrics-in-use" };
  return new ConnectionError(code, message, { cause, address: address ?? "", details });
}
