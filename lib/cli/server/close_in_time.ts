import { deadline } from "../../async/deadline.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { ServerEvent } from "../../server/config/events.ts";
import type { TextServer } from "../../stream/serve_text.ts";
import { stopGraceMs } from "../terminal/signals.ts";
import { closePatienceMs } from "../terminal/stop_watchdog.ts";
import type { Locale } from "../texts/locale.ts";
import type { LastingServer } from "./lasting_server.ts";

const NOT_CLOSED = {
  en:
    "Cannot close everything in time, such as files on a disk that does not answer; the program ends nevertheless",
  "pt-BR":
    "Não é possível fechar tudo a tempo, como arquivos num disco que não responde; o programa termina mesmo assim",
} as const satisfies Text;

/**
 * Closes a server, and its metrics. Where that takes too long, it is logged, and the result is `false`: on a disk that
 * does not answer, it never ends.
 */
export async function closeInTime(
  server: Pick<LastingServer, "stop">,
  metrics: Pick<TextServer, "close"> | null,
  { log, locale }: {
    readonly log: (event: ServerEvent) => void;
    readonly locale: Pick<Locale, "fill">;
  },
): Promise<boolean> {
  const { os } = Deno.build;
  const closing = Promise.all([server.stop(stopGraceMs(os)), metrics?.close()]);
  const isClosed = await deadline(closing.then(() => true), closePatienceMs(os), false);
  if (!isClosed) log({ event: "error", message: locale.fill(NOT_CLOSED) });
  return isClosed;
}
