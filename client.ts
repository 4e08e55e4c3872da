/**
 * The client's program: `deno run -A client.ts --help`.
 *
 * @module
 */
import "./lib/cli/client/start_early.ts"; // Before the modules of the next line are evaluated
import { runClient } from "./lib/cli/client/client_main.ts";

if (import.meta.main) Deno.exit(await runClient(Deno.args));
