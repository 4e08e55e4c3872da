import { KnownHosts } from "../../files/known_hosts.ts";
import { Protocol2Servers } from "../../files/protocol2_servers.ts";
import { DEFAULT_PORT } from "../../stream/address.ts";
import { knownHostsPath, protocol2ServersPath } from "../options/state_folder.ts";

/** The servers that the client has been connected to, without the usual port. */
export async function knownAddresses(): Promise<string[]> {
  const [trusted, spoken] = [knownHostsPath(), protocol2ServersPath()];
  const addresses = [
    ...trusted === null ? [] : await new KnownHosts(trusted).addresses(),
    ...spoken === null ? [] : await new Protocol2Servers(spoken).addresses(),
  ];
  const suffix = `:${DEFAULT_PORT}`;
  const short = addresses.map((text) =>
    text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
  );
  return [...new Set(short)].sort();
}
