import { assert, assertEquals } from "@std/assert";
import { type Client, connect } from "../../lib/client/client.ts";
import type { DownloadOptions } from "../../lib/transfer/download.ts";
import type { Json, Protocol2Peer } from "./protocol2_peer.ts";
import { goodFile, nextRequest, ScriptedServer2, untilQuit } from "./protocol2_scripted_server.ts";
import { TempDir } from "./temp_dir.ts";

/** What became of a download by protocol 2 from a server that behaves badly. */
export interface Protocol2HostileRun {
  /** What the download failed with. */
  readonly error: Error & { readonly code?: string };
  /** What lies in the folder for downloads. */
  readonly files: string[];
  /** How many data connections the client needed for that download and the good one after it. */
  readonly dataConnections: number;
}

/**
 * Has a client of ours, in protocol 2, download `file.bin` from a server that follows the script,
 * which is expected to fail. Makes sure that nothing but a part is left behind, nor anything
 * outside the folder touched, that the client lives, and that it can still get another file.
 *
 * @param script what the server does on the first data connection, given the FGET
 */
export async function runProtocol2HostileServer(
  script: (peer: Protocol2Peer, request: Json) => Promise<void>,
  options: Partial<DownloadOptions> = {},
): Promise<Protocol2HostileRun> {
  using outer = new TempDir();
  outer.write("canary.txt", "canary");
  const directory = outer.join("folder", "downloads");
  await using server = new ScriptedServer2({
    data: async (peer, connection) => {
      if (connection === 1) await script(peer, await nextRequest(peer, "FGET"));
      await peer.raw.send(...goodFile("good", await nextRequest(peer, "FGET")));
      await untilQuit(peer);
    },
  });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  const error = await client.download("file.bin", { directory, name: "file.bin", ...options })
    .then(() => null, (error) => error);
  assert(error instanceof Error, "the download succeeded");
  const files = await listing(directory);
  await assertGetsAnother(client, directory);
  assertEquals(await client.quit(), null);
  // No byte of it may steer a terminal
  assert(!/[\p{Cc}]/u.test(error.message), JSON.stringify(error.message));
  assertEquals(outer.list(), ["canary.txt", "folder"]);
  assertEquals(files.filter((name) => !/^file\.bin\.part(\.version)?$/.test(name)), []);
  assertEquals(Deno.readTextFileSync(outer.join("canary.txt")), "canary");
  return { error, files, dataConnections: server.dataConnections };
}

async function assertGetsAnother(client: Client, directory: string): Promise<void> {
  assertEquals(client.isClosed, false);
  const good = await client.download("good.bin", { directory, name: "good.bin" });
  assertEquals(Deno.readTextFileSync(good.file), "good");
}

async function listing(path: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(path)).catch(() => []);
  return entries.map(({ name }) => name).sort();
}
