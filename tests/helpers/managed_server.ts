import { parseRights } from "../../lib/accounts/rights.ts";
import type { ServerSetup } from "../../lib/server/config/options.ts";
import { assertEquals } from "@std/assert";
import { type Json, Protocol2Peer } from "./protocol2_peer.ts";
import { startServer, type TestServer } from "./servers.ts";
import { TempDir } from "./temp_dir.ts";

/** A server whose guests may rename and remove. */
export const MANAGER = {
  uploads: true,
  guestRights: parseRights("read,write,delete,chat"),
} as const;

/** A server, and a guest. */
export interface ManagedServer extends AsyncDisposable {
  readonly server: TestServer;
  readonly peer: Protocol2Peer;
}

/**
 * Starts a server with files and rules, and connects a guest.
 *
 * @param setup by default, guests may rename and remove
 */
export async function startManaged(
  files: Record<string, string | Uint8Array>,
  rules = "",
  setup: ServerSetup = MANAGER,
): Promise<ManagedServer> {
  const stack = new AsyncDisposableStack();
  const data = stack.use(new TempDir());
  data.write("rules", rules);
  const server = stack.use(await startServer({ dataDirectory: data.path, ...setup }, files));
  const peer = stack.use(await Protocol2Peer.connect(server.port));
  return { server, peer, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The code and the reason of the refusal of a request. */
export async function refusalOf(peer: Protocol2Peer, type: string, fields: Json): Promise<Json> {
  const id = await peer.ask(type, fields);
  const { id: failed, code, reason } = await peer.expect("FAIL");
  assertEquals(failed, id);
  return { code, ...(reason !== undefined && { reason }) };
}
