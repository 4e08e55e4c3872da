import { dirname, join, resolve } from "@std/path";
import { knownHostsPath } from "../../files/known_hosts.ts";

/** The folder for state, by the XDG Base Directory Specification. */
function stateFolder(): string {
  const state = Deno.env.get("XDG_STATE_HOME");
  if (state) return join(state, "tcp-chat");
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? ".";
  return join(home, ".local", "state", "tcp-chat");
}

/** The server's data folder, absolute. @param requested as the option names it */
export function dataFolder(requested: string | undefined): string {
  return resolve(requested ?? stateFolder());
}

/** The file with the lines that were typed in the interactive client. */
export function lineHistoryPath(): string {
  return join(stateFolder(), "client_history");
}

/** The folders in which the programs keep files of their own: state, and the client's pins. */
export function ownFolders(): string[] {
  return [stateFolder(), dirname(knownHostsPath((name) => Deno.env.get(name)))].map((path) =>
    resolve(path)
  );
}

/** The file with the servers that are known to speak protocol 2. */
export function protocol2ServersPath(): string {
  return join(stateFolder(), "protocol2_servers");
}
