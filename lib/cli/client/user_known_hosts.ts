import { KnownHosts } from "../../files/known_hosts.ts";
import { knownHostsPath } from "../options/state_folder.ts";

/** The servers whose keys the user trusts; `null` without a home, where none are kept. */
export function userKnownHosts(): KnownHosts | null {
  const path = knownHostsPath();
  return path === null ? null : new KnownHosts(path);
}
