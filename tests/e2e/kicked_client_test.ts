/** A client that the server removes does not reconnect. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Program } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { hasTerminal, Terminal } from "../helpers/terminal.ts";

const NOTICE = "You were removed: too loud";

Deno.test("listen: exits with 6 when the server removes it, and prints the reason", async () => {
  await using server = await startServer();
  await using client = new Program("client", ["listen", `127.0.0.1:${server.port}`]);
  await server.waitFor("hello");
  assertEquals(server.server.kick("guest-1", NOTICE), true);
  assertEquals(await client.exitCode(), 6);
  assertStringIncludes(client.stderr.text, NOTICE);
  assertEquals(server.eventsOf("connected").length, 1);
});

Deno.test({
  name: "interactive client: exits with 6 when the server bans it, and shows the reason",
  ignore: !hasTerminal(),
  async fn() {
    await using server = await startServer();
    await using terminal = new Terminal("client", ["127.0.0.1", String(server.port)]);
    await terminal.endsWith("[lobby] >");
    await server.server.ban("guest-1", NOTICE);
    assertEquals(await terminal.exitCode(), 6);
    await terminal.waitUntil((lines) => lines.join("").includes(NOTICE), "the reason");
    assertEquals(server.eventsOf("connected").length, 1);
  },
});
