import { join, resolve } from "@std/path";

/** Where state goes by the XDG Base Directory Specification. */
export function stateFolder(): string {
  const state = Deno.env.get("XDG_STATE_HOME");
  if (state) return join(state, "tcp-chat");
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? ".";
  return join(home, ".local", "state", "tcp-chat");
}

/** The server's data folder, absolute. @param wished what the options say */
export function dataFolder(wished: string | undefined): string {
  return resolve(wished ?? stateFolder());
}

/** The lines that were typed in the interactive client. */
export function lineHistoryPath(): string {
  return join(stateFolder(), "client_history");
}
