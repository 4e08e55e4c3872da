import { assert, assertEquals } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { type ConnectOptions } from "../../lib/client/connect_options.ts";
import { namesIn } from "./names_in.ts";
import { goodAnswer, ScriptedServer } from "./protocol1_scripted_server.ts";
import type { RawPeer } from "./raw_peer.ts";
import { TempDir } from "./temp_dir.ts";

/** The result of a download from a hostile server. */
export interface Protocol1HostileRun {
  /** The error of the download. */
  readonly error: Error & { readonly code?: string };
  /** The error that ended the connection, if the server closed it or broke the protocol. */
  readonly closed: (Error & { readonly code?: string }) | null;
  /** The names in the download folder. */
  readonly files: string[];
}

/** Options of {@link runProtocol1HostileServer}. */
export interface Protocol1HostileServerOptions extends Pick<ConnectOptions, "timeoutMs"> {
  /** Whether the connection has to survive: a further download on it has to succeed. */
  readonly survives?: boolean;
}

/**
 * Downloads `file.bin` with a protocol 1 client from a server that follows the script. The download
 * has to fail, to leave nothing but a part, and to touch nothing outside its folder.
 */
export async function runProtocol1HostileServer(
  script: (peer: RawPeer) => Promise<void>,
  { survives = false, ...options }: Protocol1HostileServerOptions = {},
): Promise<Protocol1HostileRun> {
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
  // A message of the server must not control a terminal
  assert(!/[\p{Cc}]/u.test(error.message), JSON.stringify(error.message));
  const files = await Deno.stat(directory).then(() => namesIn(directory), () => []);
  assertEquals(namesIn(outer.path).filter((name) => name !== "folder"), ["canary.txt"]);
  assertEquals(files.filter((name) => name !== ".tcp-chat/file.bin.part"), []);
  assertEquals(Deno.readTextFileSync(outer.join("canary.txt")), "canary");
  return { error, closed, files };
}
