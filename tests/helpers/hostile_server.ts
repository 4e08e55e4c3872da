import { assert, assertEquals } from "@std/assert";
import { connect, type ConnectOptions } from "../../lib/client/client.ts";
import type { RawPeer } from "./raw_peer.ts";
import { goodAnswer, ScriptedServer } from "./protocol1_scripted_server.ts";
import { TempDir } from "./temp_dir.ts";

/** What became of a download from a server that behaves badly. */
export interface HostileRun {
  /** What the download failed with. */
  readonly error: Error & { readonly code?: string };
  /** What the connection ended with, if the server ended it or broke its rules. */
  readonly closed: (Error & { readonly code?: string }) | null;
  /** What lies in the folder for downloads. */
  readonly files: string[];
}

/** What {@link runHostileServer} may be told. */
export interface HostileServerOptions extends Pick<ConnectOptions, "timeoutMs"> {
  /** The connection is to survive: another file is asked for, and must come. */
  readonly survives?: boolean;
}

/**
 * Has a client of ours, in protocol 1, download `file.bin` from a server that follows the script,
 * which is expected to fail, and makes sure that nothing but a part is left behind, nor anything
 * outside the folder touched.
 */
export async function runHostileServer(
  script: (peer: RawPeer) => Promise<void>,
  { survives = false, ...options }: HostileServerOptions = {},
): Promise<HostileRun> {
  using outer = new TempDir();
  outer.write("canary.txt", "canary");
  const directory = outer.join("folder", "downloads");
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("FILE");
    await script(peer);
    if (!survives) return;
    await peer.expect("FILE");
    await peer.send(...goodAnswer("good.bin", "good"));
    await peer.ended();
  });
  const client = await connect({
    hostname: "127.0.0.1",
    port: server.port,
    protocol: 1,
    ...options,
  });
  const error = await client.download("file.bin", { directory, name: "file.bin" })
    .then(() => null, (error) => error);
  assert(error instanceof Error, "the download succeeded");
  if (survives) {
    const good = await client.download("good.bin", { directory, name: "good.bin" });
    assertEquals(Deno.readTextFileSync(good.file), "good");
    Deno.removeSync(good.file);
    client.close();
  }
  const closed = await client.closed;
  // No byte of it may steer a terminal
  assert(!/[\p{Cc}]/u.test(error.message), JSON.stringify(error.message));
  const names = (path: string) => [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  const files = await Deno.stat(directory).then(() => names(directory), () => []);
  assertEquals(names(outer.path).filter((name) => name !== "folder"), ["canary.txt"]);
  assertEquals(files.filter((name) => name !== "file.bin.part"), []);
  assertEquals(Deno.readTextFileSync(outer.join("canary.txt")), "canary");
  return { error, closed, files };
}
