/** Addresses that are typed at the questions of the interactive client. */
import { assertEquals, assertFalse } from "@std/assert";
import { startAccountServer } from "../helpers/account_server.ts";
import { freePort } from "../helpers/free_port.ts";
import { Program } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { hasTerminal, KEYS, Terminal } from "../helpers/terminal.ts";

const ignore = !hasTerminal();

function clientIn(folder: TempDir, ...args: string[]): Terminal {
  return new Terminal("client", args, { env: { XDG_STATE_HOME: folder.path } });
}

/** Logs in as ana at the second attempt, in the room ops, and quits. */
async function logInAndQuit(terminal: Terminal): Promise<void> {
  await terminal.endsWith("Password:");
  await terminal.type("wrong", KEYS.enter);
  await terminal.shows("The name or the password is wrong");
  await terminal.endsWith("Password:");
  await terminal.type("right", KEYS.enter);
  await terminal.endsWith("[ops] >");
  await terminal.enter("whois ana");
  await terminal.shows(/^ana \(ana\): /);
  await terminal.enter("quit");
  assertEquals(await terminal.exitCode(), 0);
  await terminal.shows("terminal-restored");
  assertFalse(/wrong\b(?!\.)|right/.test(terminal.written.replace("is wrong", "")));
}

Deno.test({
  name: "interactive client: takes an address with an account and a room at the first question",
  ignore,
  async fn() {
    using folder = new TempDir();
    await using server = await startAccountServer(folder);
    await using terminal = clientIn(folder);
    await terminal.endsWith("Server [localhost]:");
    await terminal.enter(`tcp-chat://ana@127.0.0.1:${server.port}?room=ops`);
    await logInAndQuit(terminal);
  },
});

Deno.test({
  name: "interactive client: takes an address with an account and a room after a failure",
  ignore,
  async fn() {
    using folder = new TempDir();
    await using server = await startAccountServer(folder);
    const port = freePort();
    await using terminal = clientIn(folder, `tcp-chat://127.0.0.1:${port}?room=other`);
    await terminal.endsWith(`Server [127.0.0.1:${port}]:`);
    await terminal.enter(`tcp-chat://ana@127.0.0.1:${server.port}?room=ops`);
    await logInAndQuit(terminal);
  },
});

Deno.test({
  name: "interactive client: asks again for an address with a mistake, at either question",
  ignore,
  async fn() {
    using folder = new TempDir();
    const port = freePort();
    const mistakes = [
      ["tcp-chat://ana:secret@casa", "An address holds no password"],
      ["tcp-chat://casa/../x", "The path in the address: ../x"],
      ["tcp-chat://casa?fp=12", "fp in the address must be 64 hexadecimal"],
      ["tcp-chat://casa?link=x", "The link in the address is not whole"],
      ["tcp-chat://casa?color=x", "The address has color"],
    ] as const;
    for (const args of [[], [`127.0.0.1:${port}`]]) {
      await using terminal = clientIn(folder, ...args);
      const question = `Server [${args[0] ?? "localhost"}]:`;
      for (const [address, message] of mistakes) {
        await terminal.endsWith(question);
        await terminal.enter(address);
        await terminal.waitUntil((lines) => lines.join(" ").includes(message), message);
      }
      await terminal.endsWith(question);
      await terminal.type(KEYS.controlD);
      assertEquals(await terminal.exitCode(), args.length === 0 ? 0 : 3);
    }
  },
});

Deno.test("interactive client: ends at an address with a mistake that a script gives", async () => {
  using folder = new TempDir();
  await using program = new Program("client", [], { env: { XDG_STATE_HOME: folder.path } });
  await program.write("tcp-chat://ana:secret@casa\n");
  assertEquals(await program.exitCode(), 2);
});
