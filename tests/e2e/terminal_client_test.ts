import { assert, assertEquals } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { startServer } from "../helpers/servers.ts";
import { hasTerminal, KEYS, Terminal } from "../helpers/terminal.ts";
import { startTerminalClient } from "../helpers/terminal_client.ts";

const ignore = !hasTerminal();

Deno.test({
  name: "interactive client: asks for server and port if no argument gives them",
  ignore,
  async fn() {
    await using server = await startServer();
    await using terminal = new Terminal("client", []);
    await terminal.endsWith("Server [localhost]:");
    await terminal.enter("127.0.0.1");
    await terminal.endsWith("Port [5555]:");
    await terminal.enter(String(server.port));
    await terminal.shows(`Connected to 127.0.0.1:${server.port}. Type help for the commands.`);
    await terminal.endsWith("[lobby] >");
    await terminal.enter("quit");
    assertEquals(await terminal.exitCode(), 0);
    await terminal.shows("Goodbye.");
    assertEquals((await server.waitFor("disconnected")).reason, "quit");
  },
});

Deno.test({
  name: "interactive client: asks again after an invalid address",
  ignore,
  async fn() {
    await using terminal = new Terminal("client", []);
    await terminal.endsWith("Server [localhost]:");
    await terminal.enter("two words");
    await terminal.shows("two words is not HOST or HOST:PORT, with a port from 1 to 65535");
    await terminal.endsWith("Server [localhost]:");
  },
});

Deno.test({
  name: "interactive client: prints Portuguese if the locale is Portuguese",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient([], { LANG: "pt_BR.UTF-8" });
    await fixture.terminal.shows(/^Conectado a .* Digite ajuda para ver os comandos\.$/);
    await fixture.terminal.enter("sair");
    assertEquals(await fixture.terminal.exitCode(), 0);
    await fixture.terminal.shows("Até logo.");
  },
});

Deno.test({
  name: "interactive client: prints a message above a half-typed line, which stays intact",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    await fixture.terminal.type("chat hel");
    await fixture.terminal.endsWith("[lobby] > chat hel");
    fixture.server.server.announce("one\ntwo");
    await fixture.terminal.shows(/^\d\d:\d\d \[SERVER\] one$/);
    await fixture.terminal.endsWith("[lobby] > chat hel");
    await fixture.terminal.type("lo");
    await fixture.terminal.endsWith("[lobby] > chat hello");
    await fixture.terminal.type(KEYS.enter);
    assertEquals((await fixture.server.waitFor("chat")).text, "hello");
    await fixture.terminal.shows(/^\d\d:\d\d guest-1: hello$/);
    const { lines } = fixture.terminal;
    assertEquals(lines.filter((line) => line.includes("> chat")), []);
    const [announced, said] = ["[SERVER] one", "guest-1: hello"].map((end) =>
      lines.findIndex((line) => line.endsWith(end))
    );
    assert(announced! < said!);
  },
});

Deno.test({
  name: "interactive client: keeps the cursor in the middle of a line when a message arrives",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    await fixture.terminal.type("chat ac", KEYS.left);
    await fixture.terminal.endsWith("[lobby] > chat ac");
    fixture.server.server.announce("in between");
    await fixture.terminal.shows(/^\d\d:\d\d \[SERVER\] in between$/);
    await fixture.terminal.type("b");
    await fixture.terminal.endsWith("[lobby] > chat abc");
    await fixture.terminal.type(KEYS.enter);
    assertEquals((await fixture.server.waitFor("chat")).text, "abc");
  },
});

Deno.test({
  name: "interactive client: prints a message above a line that wraps, which stays intact",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    const text = "long".repeat(50);
    await fixture.terminal.type(`chat ${text}`);
    await fixture.terminal.waitUntil((lines) => lines.join("").includes(text), "the typed line");
    fixture.server.server.announce("in between");
    await fixture.terminal.waitUntil(
      (lines) => lines.join("").endsWith(`[SERVER] in between[lobby] > chat ${text}`),
      "the message, and the line below it again",
    );
    assertEquals(
      fixture.terminal.lines.join("").split(text).length,
      2,
      "the line is shown once",
    );
    await fixture.terminal.type(KEYS.enter);
    assertEquals((await fixture.server.waitFor("chat")).text, text);
  },
});

Deno.test({
  name: "interactive client: completes a command in either language on Tab",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    await fixture.terminal.type("arq");
    await fixture.terminal.endsWith("[lobby] > arq");
    await fixture.terminal.type(KEYS.tab); // In the same read as other keys, Tab counts as text
    await fixture.terminal.endsWith("[lobby] > arquivo");
    await fixture.terminal.type("\x15", "/qui");
    await fixture.terminal.endsWith("[lobby] > /qui");
    await fixture.terminal.type(KEYS.tab);
    await fixture.terminal.endsWith("[lobby] > /quit");
    await fixture.terminal.type(KEYS.enter);
    assertEquals(await fixture.terminal.exitCode(), 0);
  },
});

Deno.test({
  name: "interactive client: recalls the last line on Up",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    await fixture.terminal.enter("chat again");
    await fixture.server.waitFor("chat");
    await fixture.terminal.endsWith("[lobby] >");
    await fixture.terminal.type(KEYS.up);
    await fixture.terminal.endsWith("[lobby] > chat again");
    await fixture.terminal.type(" and again", KEYS.enter);
    const { text } = await fixture.server.waitFor("chat", ({ text }) => text !== "again");
    assertEquals(text, "again and again");
  },
});

Deno.test({
  name: "interactive client: exits with 130 on Ctrl-C at an empty line, and restores the terminal",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    await fixture.terminal.type(KEYS.controlC);
    assertEquals(await fixture.terminal.exitCode(), 130);
    await fixture.terminal.shows("terminal-restored");
    await fixture.server.waitFor("disconnected");
    assertEquals(fixture.server.eventsOf("chat"), []);
  },
});

Deno.test({
  name: "interactive client: shows the current room in the prompt after join and part",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    await fixture.terminal.enter("join garden");
    await fixture.terminal.endsWith("[garden] >");
    await fixture.terminal.enter("part");
    await fixture.terminal.endsWith("[lobby] >");
  },
});

Deno.test({
  name: "interactive client: quits on Ctrl-D at an empty line",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    await fixture.terminal.type(KEYS.controlD);
    assertEquals(await fixture.terminal.exitCode(), 0);
    await fixture.terminal.shows("terminal-restored");
    assertEquals((await fixture.server.waitFor("disconnected")).reason, "quit");
  },
});

Deno.test({
  name: "interactive client: reconnects after the server stops, and keeps a half-typed line",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    const { port } = fixture.server;
    await fixture.terminal.type("chat hel");
    await fixture.terminal.endsWith("[lobby] > chat hel");
    await fixture.server.server.stop();
    await fixture.terminal.shows(/^\d\d:\d\d \[SERVER\] The server is shutting down$/);
    await fixture.terminal.shows(/^Connection lost: the server went away\. Reconnecting/);
    await fixture.terminal.endsWith("[-] > chat hel");
    await using again = await startServer({ port });
    await fixture.terminal.endsWith("[lobby] > chat hel");
    await fixture.terminal.enter("lo");
    assertEquals((await again.waitFor("chat")).text, "hello");
  },
});

Deno.test({
  name: "interactive client: quits while it reconnects, and restores the terminal",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    await fixture.server.server.stop();
    await fixture.terminal.endsWith("[-] >");
    await fixture.terminal.enter("quit");
    assertEquals(await fixture.terminal.exitCode(), 0);
    await fixture.terminal.shows("terminal-restored");
  },
});

Deno.test({
  name: "interactive client: shows the progress of a file on a line, which disappears at the end",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    fixture.server.root.write("large.bin", patternedBytes(200_000_000));
    await fixture.terminal.enter("file large.bin");
    await fixture.terminal.shows("Receiving large.bin …");
    await fixture.terminal.shows(/^large\.bin {2}[█░]{20} {2,4}\d+ % {2}.* \/ 200 MB/);
    await fixture.terminal.waitUntil(
      (lines) => /large\.bin: 200 MB, SHA-256 verified\n {2}[0-9a-f]{64}$/m.test(lines.join("\n")),
      "the result",
    );
    await fixture.terminal.endsWith("[lobby] >");
    const hasBar = (line: string) => /[█░]/.test(line);
    await fixture.terminal.waitUntil((lines) => !lines.some(hasBar), "the progress to go");
    assertEquals(fixture.folder.list(), ["large.bin"]);
  },
});

Deno.test({
  name: "interactive client: removes control characters from messages",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    using peer = await fixture.server.connect();
    await fixture.server.waitFor("connected", ({ client }) => client === 2);
    await peer.sendFrame("CHAT", "a\x1b[2Jb\x1b]0;title\x07\u202ec\rd");
    await fixture.terminal.shows(/^\d\d:\d\d guest-2: a\[2Jb\]0;titlec$/);
    assert(!fixture.terminal.written.includes("\x1b[2J"));
    assert(!fixture.terminal.written.includes("\x1b]0;"));
  },
});

Deno.test({
  name: "interactive client --talk: sends a line as a message, unless it is a command with a slash",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient(["--talk"]);
    await fixture.terminal.enter("quit is just a word here");
    assertEquals((await fixture.server.waitFor("chat")).text, "quit is just a word here");
    await fixture.terminal.enter("talk");
    await fixture.terminal.shows("Lines are commands again.");
    await fixture.terminal.endsWith("[lobby] >");
    await fixture.terminal.enter("/quit");
    assertEquals(await fixture.terminal.exitCode(), 0);
  },
});

Deno.test({
  name: "interactive client: carries out further lines after a question of a command",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    const { server, terminal } = fixture;
    server.root.write("p/a.txt", "1");
    const question = "Remove 1 folder with all that is in it: p/? This cannot be undone. [y/N]";
    for (const nick of ["eva", "ivo"]) {
      await terminal.enter("rm -r p");
      await terminal.endsWith(question);
      await terminal.enter("n");
      await terminal.endsWith("[lobby] >");
      await terminal.enter(`nick ${nick}`);
      await terminal.shows(`You are now ${nick}`);
    }
    assertEquals(server.root.list("p"), ["a.txt"]);
    await terminal.enter("rm -r p");
    await terminal.endsWith(question);
    await terminal.type(KEYS.controlD);
    assertEquals(await terminal.exitCode(), 0);
  },
});
