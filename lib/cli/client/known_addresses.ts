import { Protocol2Servers } from "../../files/protocol2_servers.ts";
import { DEFAULT_PORT } from "../../stream/address.ts";
import { protocol2ServersPath } from "../options/state_folder.ts";
import { userKnownHosts } from "./user_known_hosts.ts";

/** The servers that the client has been connected to, without the usual port. */
export async function knownAddresses(): Promise<string[]> {
  const spoken = protocol2ServersPath();
  const addresses = [
    ...await userKnownHosts()?.addresses() ?? [],
    ...spoken === null ? [] : await new Protocol2Servers(spoken).addresses(),
  ];
  const suffix = `:${DEFAULT_PORT}`;
  const short = addresses.map((text) =>
    text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
  );
  return [...new Set(short)].sort();
}
