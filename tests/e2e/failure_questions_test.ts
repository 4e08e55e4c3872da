import { assertEquals, assertFalse } from "@std/assert";
import { startAccountServer } from "../helpers/account_server.ts";
import { freePort } from "../helpers/free_port.ts";
import { Program } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { hasTerminal, KEYS, Terminal } from "../helpers/terminal.ts";

const ignore = !hasTerminal();

/** Starts a server, and an interactive client that begins with a wrong password. */
async function withWrongPassword(use: (terminal: Terminal) => Promise<void>): Promise<void> {
  using folder = new TempDir();
  await using server = await startAccountServer(folder);
  await using terminal = new Terminal(
    "client",
    ["127.0.0.1", String(server.port), "--user", "ana"],
    { env: { XDG_STATE_HOME: folder.path, TCP_CHAT_PASSWORD: "wrong" } },
  );
  await use(terminal);
}

Deno.test({
  name:
    "interactive client: asks for the account that a server requires, for a wrong password again, and shows none of them",
  ignore,
  async fn() {
    using folder = new TempDir();
    await using server = await startAccountServer(folder, { requireAccount: true });
    const env = { XDG_STATE_HOME: folder.path };
    await using terminal = new Terminal("client", ["127.0.0.1", String(server.port)], { env });
    await terminal.shows("Log in first");
    await terminal.endsWith("Account:");
    await terminal.enter("ana");
    await terminal.endsWith("Password:");
    await terminal.enter("wrong-1");
    await terminal.shows("The name or the password is wrong");
    await terminal.endsWith("Password:");
    await terminal.type("wrong-2", KEYS.enter);
    await terminal.waitUntil(
      (lines) => lines.filter((line) => line === "Password:").length === 3,
      "the third question",
    );
    await terminal.type("x", "\x15", "rightx", "\x7f", KEYS.enter);
    await terminal.endsWith("[lobby] >");
    assertEquals(terminal.lines.filter((line) => line.includes("is now")), []);
    await terminal.enter("whois ana");
    await terminal.shows(/^ana \(ana\): /);
    await terminal.type(KEYS.up);
    await terminal.endsWith("[lobby] > whois ana");
    await terminal.type("\x15");
    await terminal.enter("quit");
    assertEquals(await terminal.exitCode(), 0);
    await terminal.shows("terminal-restored");
    assertFalse(/wrong-\d|right/.test(terminal.written));
  },
});

Deno.test({
  name:
    "interactive client: exits with 6 after a fourth wrong password, and at Ctrl-D at the question",
  ignore,
  async fn() {
    // Each with a server of its own: an account's logins after a failure are delayed
    await Promise.all([
      withWrongPassword(async (terminal) => {
        for (let i = 1; i <= 3; i++) {
          await terminal.waitUntil(
            (lines) => lines.filter((line) => line === "Password:").length === i,
            `question ${i}`,
          );
          await terminal.enter("wrong");
        }
        assertEquals(await terminal.exitCode(), 6);
        await terminal.shows("tcp-chat: The name or the password is wrong");
        await terminal.shows("terminal-restored");
      }),
      withWrongPassword(async (terminal) => {
        await terminal.endsWith("Password:");
        await terminal.type(KEYS.controlD);
        assertEquals(await terminal.exitCode(), 6);
      }),
    ]);
  },
});

Deno.test({
  name: "interactive client: asks for another address where nothing listens, or another program",
  ignore,
  async fn() {
    using folder = new TempDir();
    await using server = await startServer();
    const port = freePort();
    using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const greeting = (async () => {
      using conn = await other.accept();
      await conn.write(new TextEncoder().encode("SSH-2.0-OpenSSH_9.9\r\n"));
      await conn.read(new Uint8Array(1_024));
    })();
    await using terminal = new Terminal("client", ["127.0.0.1", String(port)], {
      env: { XDG_STATE_HOME: folder.path },
    });
    await terminal.shows(`Cannot connect to 127.0.0.1:${port}: nothing listens there`);
    await terminal.endsWith(`Server [127.0.0.1:${port}]:`);
    await terminal.enter("no port:x");
    await terminal.shows("no port:x is not HOST or HOST:PORT, with a port from 1 to 65535");
    await terminal.endsWith(`Server [127.0.0.1:${port}]:`);
    const otherAddress = `127.0.0.1:${other.addr.port}`;
    await terminal.enter(otherAddress);
    await terminal.waitUntil(
      (lines) => lines.join(" ").includes(`Something else answers on ${otherAddress}: SSH`),
      "the other program",
    );
    await greeting;
    await terminal.endsWith(`Server [${otherAddress}]:`);
    await terminal.enter(`127.0.0.1:${server.port}`);
    await terminal.shows(`Connected to 127.0.0.1:${server.port}. Type help for the commands.`);
    await terminal.endsWith("[lobby] >");
    await terminal.enter("quit");
    assertEquals(await terminal.exitCode(), 0);
    await terminal.shows("terminal-restored");
  },
});

for (const [key, code] of [[KEYS.controlD, 3], [KEYS.controlC, 130]] as const) {
  Deno.test({
    name: `interactive client: exits with ${code} at the question for another address`,
    ignore,
    async fn() {
      using folder = new TempDir();
      const port = freePort();
      await using terminal = new Terminal("client", ["127.0.0.1", String(port)], {
        env: { XDG_STATE_HOME: folder.path },
      });
      await terminal.endsWith(`Server [127.0.0.1:${port}]:`);
      await terminal.type(key);
      assertEquals(await terminal.exitCode(), code);
      await terminal.shows("terminal-restored");
    },
  });
}

Deno.test("interactive client: asks nothing again in a script", async () => {
  using folder = new TempDir();
  await using server = await startAccountServer(folder);
  const env = { XDG_STATE_HOME: folder.path, TCP_CHAT_PASSWORD: "wrong" };
  const port = freePort();
  for (
    const [args, code] of [
      [["127.0.0.1", String(port)], 3],
      [["127.0.0.1", String(server.port), "--user", "ana"], 6],
    ] as const
  ) {
    await using program = new Program("client", args, { env });
    await program.write(`127.0.0.1:${server.port}\nright\n`);
    assertEquals(await program.exitCode(), code);
  }
});
