import { digestText } from "../files/digest_text.ts";

/** How many servers are to have each content. */
export type CopyCount = number | "all";

/**
 * The servers in the order in which they are to have a content: the first so many have it. A server that comes or
 * goes moves the contents of no two others.
 *
 * @param sha256 of the content, in hex
 * @param servers ids, each once
 */
export function rankServers(sha256: string, servers: readonly string[]): string[] {
  const rankOf = (server: string) => digestText(`${sha256} ${server}`);
  const ranks = new Map(servers.map((server) => [server, rankOf(server)]));
  const compare = (a: string, b: string) => (ranks.get(a) ?? "") < (ranks.get(b) ?? "") ? -1 : 1;
  return servers.toSorted(compare);
}

/**
 * Whether a server is one of those that are to have a content.
 *
 * @param servers those that can have it
 * @param copies none are lacking where it is 0 or less
 */
export function isToHave(
  server: string,
  sha256: string,
  servers: readonly string[],
  copies: CopyCount,
): boolean {
  if (copies === "all") return servers.includes(server);
  return rankServers(sha256, servers).slice(0, Math.max(0, copies)).includes(server);
}
