import { assert, assertEquals } from "@std/assert";
import { TestClient } from "../helpers/clients.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { hasTerminal, KEYS, Terminal } from "../helpers/terminal.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const ignore = !hasTerminal();
const TIME = String.raw`\d\d:\d\d:\d\d`;

/** A server in a terminal that has just started to listen. */
async function setUp(args: string[] = []) {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(new TempDir());
  const folders = ["-r", folder.join("root"), "--data", folder.join("data")];
  const terminal = stack.use(
    new Terminal("server", ["-H", "127.0.0.1", "-p", "0", ...folders, ...args]),
  );
  await terminal.endsWith(">");
  const listening = /listens on 127\.0\.0\.1, port (\d+)/.exec(terminal.lines.join(""));
  const port = Number(listening![1]);
  return { terminal, folder, port, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test({
  name: "the console says how to use it, and a typed line goes to everybody",
  ignore,
  async fn() {
    await using scene = await setUp();
    await scene.terminal.waitUntil(
      (lines) => lines.join("").includes("/help lists the commands, quit stops the server."),
      "the hint",
    );
    const heard = Promise.withResolvers<string>();
    await using _client = await TestClient.connect(scene.port, { onChat: heard.resolve });
    await scene.terminal.shows(new RegExp(`^${TIME} client 1 connected from 127.0.0.1$`));
    await scene.terminal.enter("hello everybody");
    assertEquals(await heard.promise, "[SERVER]: hello everybody");
  },
});

Deno.test({
  name: "what happens while a line is half typed stands above it, and breaks nothing",
  ignore,
  async fn() {
    await using scene = await setUp();
    const heard = Promise.withResolvers<string>();
    await using client = await TestClient.connect(scene.port, { onChat: heard.resolve });
    await scene.terminal.shows(new RegExp(`^${TIME} client 1 connected`));
    await scene.terminal.type("hel");
    await scene.terminal.endsWith("> hel");
    await client.client.sendChat("one\ntwo");
    await scene.terminal.shows(new RegExp(`^${TIME} \\[guest-1\\]: one$`));
    await scene.terminal.shows("         | two");
    await scene.terminal.endsWith("> hel");
    await scene.terminal.type("lo", KEYS.enter);
    assertEquals(await heard.promise, "[SERVER]: hello");
  },
});

Deno.test({
  name: "Tab completes a command of the console, which then answers",
  ignore,
  async fn() {
    await using scene = await setUp();
    await scene.terminal.type("/w");
    await scene.terminal.endsWith("> /w");
    await scene.terminal.type(KEYS.tab);
    await scene.terminal.endsWith("> /who");
    await scene.terminal.type(KEYS.enter);
    await scene.terminal.shows("no clients");
  },
});

Deno.test({
  name: "Tab completes who or what a command of the console is meant for",
  ignore,
  async fn() {
    await using scene = await setUp();
    await using _client = await TestClient.connect(scene.port, { protocol: 2 });
    await scene.terminal.shows(new RegExp(`^${TIME} client 1 speaks protocol 2`));
    const completions = {
      "/kick gu": "/kick guest-1",
      "/kick GU": "/kick guest-1",
      "/ban 127": "/ban 127.0.0.1",
      "/say lo": "/say lobby",
    };
    for (const [typed, completed] of Object.entries(completions)) {
      await scene.terminal.type("\x15", typed);
      await scene.terminal.endsWith(`> ${typed}`);
      await scene.terminal.type(KEYS.tab); // In one piece with what is before it, it would be text
      await scene.terminal.endsWith(`> ${completed}`);
    }
    await scene.terminal.type("\x15");
    await scene.terminal.enter("/ban 127.0.0.9");
    await scene.terminal.shows("127.0.0.9 is banned for ever");
    await scene.terminal.endsWith(">");
    await scene.terminal.type("/unban 1");
    await scene.terminal.endsWith("> /unban 1");
    await scene.terminal.type(KEYS.tab);
    await scene.terminal.endsWith("> /unban 127.0.0.9");
  },
});

for (const [what, keys] of Object.entries({ "quit": "quit\r", "Ctrl-C": KEYS.controlC })) {
  Deno.test({
    name: `${what} stops the server, with 0, and restores the terminal`,
    ignore,
    async fn() {
      await using scene = await setUp();
      await scene.terminal.type(keys);
      assertEquals(await scene.terminal.exitCode(), 0);
      await scene.terminal.shows(new RegExp(`^${TIME} stopped$`));
      await scene.terminal.shows("terminal-restored");
    },
  });
}

Deno.test({
  name: "Ctrl-C a second time stops the server at once, with 130, and restores the terminal",
  ignore,
  async fn() {
    await using scene = await setUp();
    // A client that asked for more than it reads holds the server up
    writeZeros(scene.folder.join("root", "large.bin"), 64 * 1024 * 1024);
    using peer = await RawPeer.connect(scene.port);
    await peer.sendFrame("FILE", "large.bin");
    await peer.expect("FHSH");
    await scene.terminal.type(KEYS.controlC);
    await scene.terminal.shows("stopping; running transfers have 10 s, once more stops at once");
    await scene.terminal.type(KEYS.controlC);
    assertEquals(await scene.terminal.exitCode(), 130);
    await scene.terminal.shows(/terminal-restored$/);
  },
});

Deno.test({
  name: "Ctrl-D leaves the server running",
  ignore,
  async fn() {
    await using scene = await setUp();
    await scene.terminal.type(KEYS.controlD);
    await using client = await TestClient.connect(scene.port);
    await client.client.sendChat("still there?");
    await scene.terminal.shows(new RegExp(`^${TIME} \\[guest-1\\]: still there\\?$`));
  },
});

Deno.test({
  name: "a server that cannot start leaves the terminal as it was",
  ignore,
  async fn() {
    await using scene = await setUp();
    const folders = ["-r", scene.folder.join("root"), "--data", scene.folder.join("data")];
    const args = ["-H", "127.0.0.1", "-p", String(scene.port), ...folders];
    await using second = new Terminal("server", args);
    assertEquals(await second.exitCode(), 3);
    await second.shows("terminal-restored");
    assert(second.lines.some((line) => line.startsWith("tcp-chat-server: ")));
  },
});
