import type { Json, Protocol2Peer } from "./protocol2_peer.ts";

/** The paths of all that a server lists below a folder. */
export async function pathsOf(peer: Protocol2Peer, path = ""): Promise<string[]> {
  const { entries } = await peer.request("LIST", { path, recursive: true });
  return (entries as Json[]).map((entry) => String(entry.path));
}

/** The content of a file, which is text. */
export async function textAt(peer: Protocol2Peer, path: string): Promise<string> {
  return new TextDecoder().decode((await peer.get(path)).bytes);
}
