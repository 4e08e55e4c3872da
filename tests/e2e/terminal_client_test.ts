import { assert, assertEquals } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { hasTerminal, KEYS, Terminal } from "../helpers/terminal.ts";

const ignore = !hasTerminal();

/** A server, and the interactive client in a terminal that has just connected to it. */
async function setUp(args: string[] = [], env: Record<string, string> = {}) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer());
  const folder = stack.use(new TempDir());
  const address = ["127.0.0.1", String(server.port)];
  const terminal = stack.use(
    new Terminal("client", [...address, "-o", folder.path, ...args], { env }),
  );
  await terminal.endsWith(args.includes("--talk") ? "[lobby] chat>" : "[lobby] >");
  return { server, terminal, folder, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test({
  name: "without an address the client asks for server and port, and Enter takes the defaults",
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
  name: "an answer that is no address is told, and the exit code is 2",
  ignore,
  async fn() {
    await using terminal = new Terminal("client", []);
    await terminal.endsWith("Server [localhost]:");
    await terminal.enter("two words");
    assertEquals(await terminal.exitCode(), 2);
    await terminal.shows("tcp-chat: two words is not HOST or HOST:PORT");
    await terminal.shows("terminal-restored");
  },
});

Deno.test({
  name: "the client speaks Portuguese where the environment does",
  ignore,
  async fn() {
    await using scene = await setUp([], { LANG: "pt_BR.UTF-8" });
    await scene.terminal.shows(/^Conectado a .* Digite ajuda para ver os comandos\.$/);
    await scene.terminal.enter("sair");
    assertEquals(await scene.terminal.exitCode(), 0);
    await scene.terminal.shows("Até logo.");
  },
});

Deno.test({
  name: "a message that comes while a line is half typed stands above it, and breaks nothing",
  ignore,
  async fn() {
    await using scene = await setUp();
    await scene.terminal.type("chat hel");
    await scene.terminal.endsWith("[lobby] > chat hel");
    scene.server.server.announce("one\ntwo");
    await scene.terminal.shows(/^\d\d:\d\d \[SERVER\] one$/);
    await scene.terminal.endsWith("[lobby] > chat hel");
    await scene.terminal.type("lo");
    await scene.terminal.endsWith("[lobby] > chat hello");
    await scene.terminal.type(KEYS.enter);
    assertEquals((await scene.server.waitFor("chat")).text, "hello");
    await scene.terminal.shows(/^\d\d:\d\d guest-1: hello$/);
    const { lines } = scene.terminal;
    assertEquals(lines.filter((line) => line.includes("> chat")), []);
    const [announced, said] = ["[SERVER] one", "guest-1: hello"].map((end) =>
      lines.findIndex((line) => line.endsWith(end))
    );
    assert(announced! < said!);
  },
});

Deno.test({
  name: "a message that comes while the cursor is in the middle leaves it there",
  ignore,
  async fn() {
    await using scene = await setUp();
    await scene.terminal.type("chat ac", KEYS.left);
    await scene.terminal.endsWith("[lobby] > chat ac");
    scene.server.server.announce("in between");
    await scene.terminal.shows(/^\d\d:\d\d \[SERVER\] in between$/);
    await scene.terminal.type("b");
    await scene.terminal.endsWith("[lobby] > chat abc");
    await scene.terminal.type(KEYS.enter);
    assertEquals((await scene.server.waitFor("chat")).text, "abc");
  },
});

Deno.test({
  name: "a message that comes while a long line wraps breaks nothing either",
  ignore,
  async fn() {
    await using scene = await setUp();
    const text = "long".repeat(50);
    await scene.terminal.type(`chat ${text}`);
    await scene.terminal.waitUntil((lines) => lines.join("").includes(text), "the typed line");
    scene.server.server.announce("in between");
    await scene.terminal.waitUntil(
      (lines) => lines.join("").endsWith(`[SERVER] in between[lobby] > chat ${text}`),
      "the message, and the line below it again",
    );
    assertEquals(scene.terminal.lines.join("").split(text).length, 2, "the line stands there once");
    await scene.terminal.type(KEYS.enter);
    assertEquals((await scene.server.waitFor("chat")).text, text);
  },
});

Deno.test({
  name: "Tab completes a command in either language",
  ignore,
  async fn() {
    await using scene = await setUp();
    await scene.terminal.type("arq");
    await scene.terminal.endsWith("[lobby] > arq");
    await scene.terminal.type(KEYS.tab); // In one piece with what is before it, it would be text
    await scene.terminal.endsWith("[lobby] > arquivo");
    await scene.terminal.type("\x15", "/qui");
    await scene.terminal.endsWith("[lobby] > /qui");
    await scene.terminal.type(KEYS.tab);
    await scene.terminal.endsWith("[lobby] > /quit");
    await scene.terminal.type(KEYS.enter);
    assertEquals(await scene.terminal.exitCode(), 0);
  },
});

Deno.test({
  name: "Up brings the last line back",
  ignore,
  async fn() {
    await using scene = await setUp();
    await scene.terminal.enter("chat again");
    await scene.server.waitFor("chat");
    await scene.terminal.endsWith("[lobby] >");
    await scene.terminal.type(KEYS.up);
    await scene.terminal.endsWith("[lobby] > chat again");
    await scene.terminal.type(" and again", KEYS.enter);
    const { text } = await scene.server.waitFor("chat", ({ text }) => text !== "again");
    assertEquals(text, "again and again");
  },
});

for (const [what, typed] of [["an empty line", ""], ["a half typed line", "chat hel"]] as const) {
  Deno.test({
    name: `Ctrl-C on ${what} leaves with 130 and restores the terminal`,
    ignore,
    async fn() {
      await using scene = await setUp();
      await scene.terminal.type(typed);
      await scene.terminal.endsWith(`[lobby] > ${typed}`.trimEnd());
      await scene.terminal.type(KEYS.controlC);
      assertEquals(await scene.terminal.exitCode(), 130);
      await scene.terminal.shows("terminal-restored");
      await scene.server.waitFor("disconnected");
      assertEquals(scene.server.eventsOf("chat"), []);
    },
  });
}

Deno.test({
  name: "the prompt names the room, as soon as one is in it or has left it",
  ignore,
  async fn() {
    await using scene = await setUp();
    await scene.terminal.enter("join garden");
    await scene.terminal.endsWith("[garden] >");
    await scene.terminal.enter("part");
    await scene.terminal.endsWith("[lobby] >");
  },
});

Deno.test({
  name: "Ctrl-D on an empty line leaves as quit does",
  ignore,
  async fn() {
    await using scene = await setUp();
    await scene.terminal.type(KEYS.controlD);
    assertEquals(await scene.terminal.exitCode(), 0);
    await scene.terminal.shows("terminal-restored");
    assertEquals((await scene.server.waitFor("disconnected")).reason, "quit");
  },
});

Deno.test({
  name: "a server that goes away is told at once, and found again; what is being typed stays",
  ignore,
  async fn() {
    await using scene = await setUp();
    const { port } = scene.server;
    await scene.terminal.type("chat hel");
    await scene.terminal.endsWith("[lobby] > chat hel");
    await scene.server.server.stop();
    await scene.terminal.shows(/^\d\d:\d\d \[SERVER\] The server is shutting down$/);
    await scene.terminal.shows(/^Connection lost: the server went away\. I come back/);
    await scene.terminal.endsWith("[-] > chat hel");
    await using again = await startServer({ port });
    await scene.terminal.endsWith("[lobby] > chat hel");
    await scene.terminal.enter("lo");
    assertEquals((await again.waitFor("chat")).text, "hello");
  },
});

Deno.test({
  name: "a server that stays away can be left, and the terminal is restored",
  ignore,
  async fn() {
    await using scene = await setUp();
    await scene.server.server.stop();
    await scene.terminal.endsWith("[-] >");
    await scene.terminal.enter("quit");
    assertEquals(await scene.terminal.exitCode(), 0);
    await scene.terminal.shows("terminal-restored");
  },
});

Deno.test({
  name: "a file has a line of progress of its own, which is gone when the file is there",
  ignore,
  async fn() {
    await using scene = await setUp();
    scene.server.root.write("large.bin", patternedBytes(200_000_000));
    await scene.terminal.enter("file large.bin");
    await scene.terminal.shows("Receiving large.bin …");
    await scene.terminal.shows(/^large\.bin {2}[█░]{20} {2,4}\d+ % {2}.* \/ 200 MB/);
    await scene.terminal.waitUntil(
      (lines) => /large\.bin: 200 MB, SHA-256 verified \([0-9a-f]{64}\)/.test(lines.join("")),
      "the result",
    );
    await scene.terminal.endsWith("[lobby] >");
    const hasBar = (line: string) => /[█░]/.test(line);
    await scene.terminal.waitUntil((lines) => !lines.some(hasBar), "the progress to go");
    assertEquals(scene.folder.list(), ["large.bin"]);
  },
});

Deno.test({
  name: "text that would steer the terminal is shown without that",
  ignore,
  async fn() {
    await using scene = await setUp();
    using peer = await scene.server.connect();
    await scene.server.waitFor("connected", ({ client }) => client === 2);
    await peer.sendFrame("CHAT", "a\x1b[2Jb\x1b]0;title\x07\u202ec\rd");
    await scene.terminal.shows(/^\d\d:\d\d guest-2: a\[2Jb\]0;titlec$/);
    assert(!scene.terminal.written.includes("\x1b[2J"));
    assert(!scene.terminal.written.includes("\x1b]0;"));
  },
});

Deno.test({
  name: "with --talk a line is chat, but for commands behind a slash",
  ignore,
  async fn() {
    await using scene = await setUp(["--talk"]);
    await scene.terminal.enter("quit is just a word here");
    assertEquals((await scene.server.waitFor("chat")).text, "quit is just a word here");
    await scene.terminal.enter("talk");
    await scene.terminal.shows("Lines are commands again.");
    await scene.terminal.endsWith("[lobby] >");
    await scene.terminal.enter("/quit");
    assertEquals(await scene.terminal.exitCode(), 0);
  },
});
