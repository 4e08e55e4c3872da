import { assertRejects } from "@std/assert";
import { withClient } from "../../lib/cli/commands/with_client.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { startServer } from "../helpers/servers.ts";

Deno.test("withClient: says of a command that Ctrl-C has ended that it was, and not that the connection was lost", async () => {
  await using server = await startServer();
  const interrupt = new AbortController();
  const { signal } = interrupt;
  const connection = { hostname: "127.0.0.1", port: server.port };
  const command = withClient({ connection, locale: makeLocale("en"), signal }, async (client) => {
    const answer = client.stat("a"); // Has no signal, as most requests
    interrupt.abort();
    await answer;
    return 0;
  });
  await assertRejects(() => command, DOMException, "aborted");
});
