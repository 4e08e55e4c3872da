import { startServer } from "./servers.ts";
import { TempDir } from "./temp_dir.ts";
import { Terminal } from "./terminal.ts";

/** A server, and a connected interactive client in a terminal. */
export async function startTerminalClient(args: string[] = [], env: Record<string, string> = {}) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer());
  const folder = stack.use(new TempDir());
  const address = ["127.0.0.1", String(server.port)];
  const terminal = stack.use(
    new Terminal("client", [...address, "-o", folder.path, ...args], { env }),
  );
  await terminal.endsWith(args.includes("--talk") ? "[lobby] chat>" : "[lobby] >");
  return { server, terminal, folder, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
