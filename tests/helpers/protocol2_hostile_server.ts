import { assert, assertEquals } from "@std/assert";
import { type Client } from "../../lib/client/client.ts";
import { connect } from "../../lib/client/connect.ts";
import type { DownloadOptions } from "../../lib/transfer/download_options.ts";
import { namesIn } from "./names_in.ts";
import type { Json, Protocol2Peer } from "./protocol2_peer.ts";
import {
  goodFile,
  nextRequest,
  Protocol2ScriptedServer,
  untilQuit,
} from "./protocol2_scripted_server.ts";
import { TempDir } from "./temp_dir.ts";

/** The result of a protocol 2 download from a hostile server. */
export interface Protocol2HostileRun {
  /** The error of the download. */
  readonly error: Error & { readonly code?: string };
  /** The names in the download folder. */
  readonly files: string[];
  /** The number of data connections for that download and the correct one after it. */
  readonly dataConnections: number;
}

/**
 * Downloads `file.bin` with a protocol 2 client from a server that follows the script. The download
 * has to fail, to leave nothing but a part, and to touch nothing outside its folder; the client has
 * to survive and to download another file.
 *
 * @param script for the first data connection, called with the FGET
 */
export async function runProtocol2HostileServer(
  script: (peer: Protocol2Peer, request: Json) => Promise<void>,
  options: Partial<DownloadOptions> = {},
): Promise<Protocol2HostileRun> {
  using outer = new TempDir();
  outer.write("canary.txt", "canary");
  const directory = outer.join("folder", "downloads");
  await using server = new Protocol2ScriptedServer({
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
  const files = await Deno.stat(directory).then(() => namesIn(directory), () => []);
  await assertGetsAnother(client, directory);
  assertEquals(await client.quit(), null);
  // A message of the server must not control a terminal
  assert(!/[\p{Cc}]/u.test(error.message), JSON.stringify(error.message));
  assertEquals(outer.list(), ["canary.txt", "folder"]);
  assertEquals(
    files.filter((name) => !/^\.tcp-chat\/file\.bin\.part(\.version)?$/.test(name)),
    [],
  );
  assertEquals(Deno.readTextFileSync(outer.join("canary.txt")), "canary");
  return { error, files, dataConnections: server.dataConnections };
}

async function assertGetsAnother(client: Client, directory: string): Promise<void> {
  assertEquals(client.isClosed, false);
  const good = await client.download("good.bin", { directory, name: "good.bin" });
  assertEquals(Deno.readTextFileSync(good.file), "good");
}
