import { deadline } from "../../async/deadline.ts";
import type { ServerEvent } from "../../server/config/events.ts";
import type { TextServer } from "../../stream/serve_text.ts";
import { stopGraceMs } from "../terminal/signals.ts";
import { CLOSE_MS, closePatienceMs } from "../terminal/stop_watchdog.ts";
import type { LastingServer } from "./lasting_server.ts";

/** Closes a server, and its metrics. Where that takes too long, it is logged, and the result is `false`. */
export async function closeInTime(
  server: Pick<LastingServer, "stop">,
  metrics: Pick<TextServer, "close"> | null,
  log: (event: ServerEvent) => void,
): Promise<boolean> {
  const { os } = Deno.build;
  const metricsClosed = metrics && deadline(metrics.close(), closePatienceMs(os), undefined);
  metricsClosed?.catch(() => {}); // Thrown below, if the server stops
  try {
    await server.stop({ graceMs: stopGraceMs(os), closeMs: CLOSE_MS });
    await metricsClosed;
    return true;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    log({ event: "error", message: error.message });
    return false;
  }
}
