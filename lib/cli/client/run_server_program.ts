import { loadByUrl } from "../../load_by_url.ts";

type ServerMain = typeof import("../server/server_main.ts");

/** Runs the server's program, whose code nothing else of the client loads. Takes and throws what `runServer` does. */
export async function runServerProgram(
  ...args: Parameters<ServerMain["runServer"]>
): Promise<number> {
  const url = new URL("../server/server_main.ts", import.meta.url);
  const { runServer } = await loadByUrl<ServerMain>(url);
  return await runServer(...args);
}
