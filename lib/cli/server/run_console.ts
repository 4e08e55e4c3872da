import { display } from "../../protocol/text.ts";
import type { LineInput } from "../terminal/line_input.ts";
import type { LastingServer } from "./lasting_server.ts";
import { completeConsoleLine, runConsoleLine } from "./server_console.ts";
import type { LogFormat } from "./server_log.ts";
import type { ServerOutput } from "./server_output.ts";

/** Resolves when a line asks for the stop. The end of input leaves the server running. */
export async function runConsole(
  server: LastingServer,
  input: LineInput,
  { format: { json, quiet, locale }, output, isStopping }: {
    readonly format: LogFormat;
    readonly output: ServerOutput;
    readonly isStopping: () => boolean;
  },
): Promise<void> {
  if (input.isTerminal && !json && !quiet) input.print(locale.t("consoleHint"));
  input.setCompleter((line) => Promise.resolve(completeConsoleLine(server.current, line)));
  input.setPrompt(display`> `);
  for await (const entry of input.entries()) {
    for (const line of entry) {
      const { lines, stop } = await runConsoleLine(server.current, line, locale);
      if (stop) return;
      if (lines.length > 0) output.answer(lines.join("\n"));
    }
  }
  const goesOn = !isStopping(); // The stop ends the input, too
  if (goesOn && input.isTerminal && !json && !quiet) input.print(locale.t("consoleEnded"));
  await new Promise(() => {}); // Only a signal ends it now
}
