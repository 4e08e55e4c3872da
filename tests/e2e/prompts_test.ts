import { assertEquals } from "@std/assert";
import { startAccountServer } from "../helpers/account_server.ts";
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

/** Whether the terminal asks about the key of an unknown server. */
function asksToTrust(lines: readonly string[]): boolean {
  return /now on\? \[y\/N\]$/.test(lines.join(""));
}

const ASKED_LATE = {
  ls: "ls --tls --user: asks for no password before the server's key is accepted",
  interactive: "interactive client: asks for no password before the server's key is accepted",
};

for (const [command, name] of Object.entries(ASKED_LATE)) {
  const words = command === "ls" ? ["ls"] : [];

  Deno.test({
    name,
    ignore,
    async fn() {
      using folder = new TempDir();
      await using server = await startAccountServer(folder, { tls: "own" });
      const args = [...words, `127.0.0.1:${server.port}`, "--tls", "--user", "ana"];
      const env = { XDG_STATE_HOME: folder.path, XDG_CONFIG_HOME: folder.join("config") };
      {
        await using terminal = new Terminal("client", args, { env });
        await terminal.waitUntil(asksToTrust, "the question about the key");
        await terminal.enter("n");
        assertEquals(await terminal.exitCode(), 6);
        assertEquals(terminal.written.includes("Password"), false);
      }
      await using terminal = new Terminal("client", args, { env });
      await terminal.waitUntil(asksToTrust, "the question about the key");
      assertEquals(terminal.written.includes("Password"), false);
      await terminal.enter("y");
      await terminal.endsWith("Password:");
      // No connection waits for the password, which the server would close
      const { client } = server.eventsOf("connected").at(-1)!;
      await server.waitFor("disconnected", (event) => event.client === client);
      await terminal.type("right", KEYS.enter);
      if (command === "interactive") {
        await terminal.endsWith("[lobby] >");
        await terminal.enter("quit");
      }
      assertEquals(await terminal.exitCode(), 0);
      assertEquals(terminal.written.match(/now on\?/g)?.length, 1);
      assertEquals(folder.list("config/tcp-chat").includes("known_hosts"), true);
    },
  });
}

Deno.test({
  name: "interactive client: asks for another address, and no password, where no TLS is spoken",
  ignore,
  async fn() {
    using folder = new TempDir();
    await using server = await startServer();
    const args = [`127.0.0.1:${server.port}`, "--tls", "--user", "ana"];
    await using terminal = new Terminal("client", args, { env: { XDG_STATE_HOME: folder.path } });
    await terminal.waitUntil(
      (lines) => lines.at(-1)?.startsWith("Server [") === true,
      "a question",
    );
    assertEquals(terminal.written.includes("Password"), false);
    await terminal.type(KEYS.controlC);
    assertEquals(await terminal.exitCode(), 130);
  },
});

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
