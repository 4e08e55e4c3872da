import { assert, assertEquals, assertMatch } from "@std/assert";
import { completeConsoleLine, runConsoleLine } from "../../lib/cli/server/server_console.ts";
import { LANGUAGES } from "../../lib/cli/texts/language.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { startServer } from "../helpers/servers.ts";

Deno.test("console: every command tells by --help how it is typed, and does nothing", async () => {
  await using server = await startServer();
  using _peer = await server.connect();
  await server.waitFor("connected");
  const [names] = completeConsoleLine(server.server, "/");
  for (const name of names.filter((name) => name !== "/quit")) {
    for (const locale of LANGUAGES.map(makeLocale)) {
      for (const argument of ["--help", "-h", "--Help"]) {
        const { lines, stop } = await runConsoleLine(server.server, `${name} ${argument}`, locale);
        assertEquals([lines.length, lines[0]?.split(" ")[0], stop], [1, name, undefined]);
      }
    }
  }
  assertEquals(server.server.bans(), []);
  assertEquals(server.server.rooms().filter(({ room }) => room !== "lobby"), []);
  assertEquals(server.server.clients.length, 1);
});

Deno.test("console /help: names every command in both languages, and what it does", async () => {
  await using server = await startServer();
  const [commands] = completeConsoleLine(server.server, "/");
  assert(commands.length > 5);
  for (const language of LANGUAGES) {
    const { lines } = await runConsoleLine(server.server, "/help", makeLocale(language));
    for (const word of ["/ajuda", "help", "Ajuda"]) {
      const same = await runConsoleLine(server.server, word, makeLocale(language));
      assertEquals(same.lines, lines, word);
    }
    for (const command of commands) {
      const line = lines.find((line) => line.startsWith(`${command} `));
      assertMatch(line ?? command, / {2}\p{L}{3}/u);
    }
  }
});
