import { setColorEnabled } from "@std/fmt/colors";

/**
 * Turns colours on where they are wanted: FORCE_COLOR, then NO_COLOR (no-color.org), then whether
 * the output is a terminal.
 */
export function setUpColors(isTerminal: boolean): void {
  const forced = Deno.env.get("FORCE_COLOR");
  if (forced) return setColorEnabled(forced !== "0");
  setColorEnabled(isTerminal && !Deno.env.get("NO_COLOR"));
}
