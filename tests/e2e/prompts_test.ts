import { assertEquals } from "@std/assert";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { hasTerminal, KEYS, Terminal } from "../helpers/terminal.ts";

const ignore = !hasTerminal();

/** The program at a question, in a terminal. */
async function ask(
  command: "client" | "server",
  args: string[],
  { question, folder }: { readonly question: string; readonly folder: TempDir },
): Promise<Terminal> {
  const env = { XDG_STATE_HOME: folder.path };
  const terminal = new Terminal(command, args, { env });
  await terminal.endsWith(question);
  return terminal;
}

for (const command of ["ls", "interactive"]) {
  const words = command === "ls" ? ["ls"] : [];

  Deno.test({
    name: `${command} --user: ends at once on Ctrl-C at the question for the password`,
    ignore,
    async fn() {
      using folder = new TempDir();
      const args = [...words, "127.0.0.1:1", "--user", "ana"];
      await using terminal = await ask("client", args, { question: "Password:", folder });
      await terminal.type("secr", KEYS.controlC);
      assertEquals(await terminal.exitCode(), 130);
      await terminal.shows("terminal-restored");
      assertEquals(terminal.written.includes("secr"), false);
    },
  });

  Deno.test({
    name: `${command} --tls: ends at once on Ctrl-C at the question about an unknown server`,
    ignore,
    async fn() {
      using folder = new TempDir();
      await using server = await startServer({ tls: "own", dataDirectory: folder.join("data") });
      const args = [...words, `127.0.0.1:${server.port}`, "--tls"];
      await using terminal = new Terminal("client", args, { env: { XDG_STATE_HOME: folder.path } });
      await terminal.waitUntil(
        (lines) => /now on\? \[y\/N\]$/.test(lines.join("")),
        "the question",
      );
      await terminal.type(KEYS.controlC);
      assertEquals(await terminal.exitCode(), 130);
      // Without raw mode, Ctrl-C ends the shell of the test, too
      if (command !== "ls") await terminal.shows("terminal-restored");
    },
  });
}

Deno.test({
  name: "tcp-chat-server user add: ends at once on Ctrl-C at the question for the password",
  ignore,
  async fn() {
    using folder = new TempDir();
    const args = ["user", "add", "ana", "--data", folder.path];
    await using terminal = await ask("server", args, { question: "Password for ana:", folder });
    await terminal.type(KEYS.controlC);
    assertEquals(await terminal.exitCode(), 130);
    await terminal.shows("terminal-restored");
  },
});

Deno.test({
  name: "tcp-chat-server user add: takes a password with erased letters, and both answers at once",
  ignore,
  async fn() {
    using folder = new TempDir();
    const args = ["user", "add", "ana", "--data", folder.path];
    await using terminal = await ask("server", args, { question: "Password for ana:", folder });
    await terminal.type("pásx\x7fs", KEYS.enter + "pás\x7fx\x15pássx\x7f" + KEYS.enter);
    assertEquals(await terminal.exitCode(), 0);
    await terminal.shows(/^ana now has an account/);
    await terminal.shows("terminal-restored");
  },
});
