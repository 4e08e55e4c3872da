/**
 * Remembers, as a process of its own, a number of servers: the file, their host and their number
 * are its arguments. Prints a JSON line when it is done.
 *
 * @module
 */
import { KnownHosts } from "../../lib/files/known_hosts.ts";

if (import.meta.main) {
  const [path, hostname, count] = Deno.args as [string, string, string];
  const hosts = new KnownHosts(path);
  for (let port = 1; port <= Number(count); port++) {
    await hosts.remember({ hostname, port }, { fingerprint: "cc".repeat(32), certificate: null });
  }
  console.log("{}");
}
