/**
 * The server's program: `deno run -A server.ts --help`.
 *
 * @module
 */
import { runServer } from "./lib/cli/server/server_main.ts";

if (import.meta.main) Deno.exit(await runServer(Deno.args));
