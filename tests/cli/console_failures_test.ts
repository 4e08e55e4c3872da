import { assertEquals, assertMatch } from "@std/assert";
import { runConsoleLine } from "../../lib/cli/server/server_console.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { startServer } from "../helpers/servers.ts";

Deno.test("console: a command that cannot be carried out is answered by a line, and ends nothing", async () => {
  await using server = await startServer();
  await server.server.stop();
  const type = async (line: string) =>
    (await runConsoleLine(server.server, line, makeLocale("en"))).lines;
  assertEquals(await type("/files"), ["The server is shutting down"]);
  assertEquals(await type("/rooms"), ["Internal error of the server"]);
  assertMatch((await type("/ban")).join("\n"), /./);
});
