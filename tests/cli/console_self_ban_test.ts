import { assertEquals, assertStringIncludes } from "@std/assert";
import { runAdminLine, runConsoleLine } from "../../lib/cli/server/server_console.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";

const ADMIN = { locale: makeLocale("en"), client: 1 };

Deno.test("console /ban: refuses a ban of the admin that gives it, until it is confirmed", async () => {
  for (const subject of ["127.0.0.1", "127.*", "0.0.0.0/0", "guest-1", "GUEST-1"]) {
    await using server = await startServer();
    using admin = await Protocol2Peer.connect(server.port);
    using _other = await Protocol2Peer.connect(server.port);
    const { lines } = await runAdminLine(server.server, `/ban ${subject} 2h rude`, ADMIN);
    assertEquals(lines, [
      `${subject} is or holds your own client (guest-1, 127.0.0.1); nothing is banned; ` +
      `/ban --self ${subject} 2h rude bans it all the same`,
    ]);
    assertEquals(server.server.bans(), []);
    await admin.assertLives();
    const meant = await runAdminLine(server.server, `/ban --self ${subject} 2h rude`, ADMIN);
    const [banned = "", kicked = ""] = meant.lines;
    assertStringIncludes(banned, "is banned until");
    const isNick = subject.toLowerCase().startsWith("guest");
    const hint = isNick ? "; /ban 127.0.0.1 bans the address as well" : "";
    assertEquals(kicked, `guest-1 (127.0.0.1) was removed${hint}`);
    assertEquals(server.server.bans().map(({ reason }) => reason), ["rude"]);
  }
});

Deno.test("console /ban: bans others without a question, also for an admin", async () => {
  await using server = await startServer();
  using _admin = await Protocol2Peer.connect(server.port);
  using _other = await Protocol2Peer.connect(server.port);
  const { lines } = await runAdminLine(server.server, "/ban guest-2", ADMIN);
  assertEquals(lines.length, 2);
  await server.waitFor("disconnected");
  assertEquals((await runConsoleLine(server.server, "/ban 127.*", ADMIN.locale)).lines.length, 2); // The console is no client
});
