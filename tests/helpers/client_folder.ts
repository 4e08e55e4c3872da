import { type ProgramResult, run } from "./program.ts";
import type { Content } from "./raw_peer.ts";
import { startServer, type TestServer } from "./servers.ts";
import { TempDir } from "./temp_dir.ts";

/** A server that takes uploads, and the working directory of a client. */
export interface ClientFolder extends AsyncDisposable {
  readonly server: TestServer;
  readonly folder: TempDir;
  /** Runs a command of the client on the server, in the folder. */
  readonly client: (command: string, ...args: string[]) => Promise<ProgramResult>;
}

/** Starts a server that takes uploads, and makes the working directory of a client. */
export async function startClientFolder(
  files: Readonly<Record<string, Content>> = {},
): Promise<ClientFolder> {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer({ uploads: true }, files));
  const folder = stack.use(new TempDir());
  return {
    server,
    folder,
    client: (command, ...args) =>
      run("client", [command, `127.0.0.1:${server.port}`, ...args], { cwd: folder.path }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
