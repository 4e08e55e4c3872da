import { assert, assertEquals } from "@std/assert";
import { TestClient } from "../helpers/clients.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { hasTerminal, KEYS, Terminal } from "../helpers/terminal.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const ignore = !hasTerminal();
const TIME = String.raw`\d\d:\d\d:\d\d`;

/** A listening server in a terminal. */
async function setUp(args: string[] = [], env: Record<string, string> = {}) {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(new TempDir());
  const folders = ["-r", folder.join("root"), "--data", folder.join("data")];
  const terminal = stack.use(
    new Terminal("server", ["-H", "127.0.0.1", "-p", "0", ...folders, ...args], { env }),
  );
  await terminal.endsWith(">");
  const listening = /listens on 127\.0\.0\.1, port (\d+)/.exec(terminal.lines.join(""));
  const port = Number(listening![1]);
  return { terminal, folder, port, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test({
  name: "console: says at Ctrl-D that the server goes on, and Ctrl-C stops it then",
  ignore,
  async fn() {
    await using fixture = await setUp();
    await fixture.terminal.type(KEYS.controlD);
    await fixture.terminal.shows("The console is closed, the server goes on; Ctrl-C stops it.");
    await using _client = await TestClient.connect(fixture.port);
    await fixture.terminal.type(KEYS.controlC);
    await fixture.terminal.shows(new RegExp(`^${TIME} stopped$`));
  },
});

Deno.test({
  name: "console: does not say at Ctrl-C that the server goes on",
  ignore,
  async fn() {
    await using fixture = await setUp();
    await fixture.terminal.type(KEYS.controlC);
    assertEquals(await fixture.terminal.exitCode(), 0);
    assert(!fixture.terminal.lines.join("\n").includes("goes on"));
  },
});

Deno.test({
  name: "console: shows a hint, and sends a typed line to every client",
  ignore,
  async fn() {
    await using fixture = await setUp();
    await fixture.terminal.waitUntil(
      (lines) => lines.join("").includes("/help lists the commands, quit stops the server."),
      "the hint",
    );
    const received = Promise.withResolvers<string>();
    await using _client = await TestClient.connect(fixture.port, { onChat: received.resolve });
    await fixture.terminal.shows(new RegExp(`^${TIME} client 1 connected from 127.0.0.1$`));
    await fixture.terminal.enter("hello everybody");
    assertEquals(await received.promise, "[SERVER]: hello everybody");
  },
});

Deno.test({
  name: "console: prints an event above a half-typed line, which stays intact",
  ignore,
  async fn() {
    await using fixture = await setUp();
    const received = Promise.withResolvers<string>();
    await using client = await TestClient.connect(fixture.port, { onChat: received.resolve });
    await fixture.terminal.shows(new RegExp(`^${TIME} client 1 connected`));
    await fixture.terminal.type("hel");
    await fixture.terminal.endsWith("> hel");
    await client.client.chat.say("one\ntwo");
    await fixture.terminal.shows(new RegExp(`^${TIME} \\[guest-1\\]: one$`));
    await fixture.terminal.shows("         | two");
    await fixture.terminal.endsWith("> hel");
    await fixture.terminal.type("lo", KEYS.enter);
    assertEquals(await received.promise, "[SERVER]: hello");
  },
});

Deno.test({
  name: "console: completes a command on Tab, and runs it",
  ignore,
  async fn() {
    await using fixture = await setUp();
    await fixture.terminal.type("/w");
    await fixture.terminal.endsWith("> /w");
    await fixture.terminal.type(KEYS.tab);
    await fixture.terminal.endsWith("> /who");
    await fixture.terminal.type(KEYS.enter);
    await fixture.terminal.shows("no clients");
  },
});

Deno.test({
  name: "console: completes nicks, addresses, rooms and bans on Tab",
  ignore,
  async fn() {
    await using fixture = await setUp();
    await using _client = await TestClient.connect(fixture.port, { protocol: 2 });
    await fixture.terminal.shows(new RegExp(`^${TIME} client 1 speaks protocol 2`));
    const completions = {
      "/kick gu": "/kick guest-1",
      "/kick GU": "/kick guest-1",
      "/ban 127": "/ban 127.0.0.1",
      "/say lo": "/say lobby",
    };
    for (const [typed, completed] of Object.entries(completions)) {
      await fixture.terminal.type("\x15", typed);
      await fixture.terminal.endsWith(`> ${typed}`);
      await fixture.terminal.type(KEYS.tab); // In the same read as other keys, Tab counts as text
      await fixture.terminal.endsWith(`> ${completed}`);
    }
    await fixture.terminal.type("\x15");
    await fixture.terminal.enter("/ban 127.0.0.9");
    await fixture.terminal.shows("127.0.0.9 is banned forever");
    await fixture.terminal.endsWith(">");
    await fixture.terminal.type("/unban 1");
    await fixture.terminal.endsWith("> /unban 1");
    await fixture.terminal.type(KEYS.tab);
    await fixture.terminal.endsWith("> /unban 127.0.0.9");
  },
});

for (const [what, keys] of Object.entries({ "quit": "quit\r", "Ctrl-C": KEYS.controlC })) {
  Deno.test({
    name: `console: stops the server on ${what} with 0, and restores the terminal`,
    ignore,
    async fn() {
      await using fixture = await setUp();
      await fixture.terminal.type(keys);
      assertEquals(await fixture.terminal.exitCode(), 0);
      await fixture.terminal.shows(new RegExp(`^${TIME} stopped$`));
      await fixture.terminal.shows("terminal-restored");
    },
  });
}

for (const [what, keys] of Object.entries({ "quit": "quit\r", "Ctrl-C": KEYS.controlC })) {
  Deno.test({
    name: `console: stops the server on Ctrl-C after ${what} with 130, and restores the terminal`,
    ignore,
    async fn() {
      await using fixture = await setUp();
      // A client that does not read its file delays the stop
      writeZeros(fixture.folder.join("root", "large.bin"), 64 * 1024 * 1024);
      using peer = await RawPeer.connect(fixture.port);
      await peer.sendFrame("FILE", "large.bin");
      await peer.expect("FHSH");
      await fixture.terminal.type(keys);
      await fixture.terminal.shows("stopping; running transfers have 10 s, Ctrl-C stops at once");
      await fixture.terminal.type(KEYS.controlC);
      assertEquals(await fixture.terminal.exitCode(), 130);
      await fixture.terminal.shows(/terminal-restored$/);
    },
  });
}

Deno.test({
  name: "console: keeps the server running on Ctrl-D",
  ignore,
  async fn() {
    await using fixture = await setUp();
    await fixture.terminal.type(KEYS.controlD);
    await using client = await TestClient.connect(fixture.port);
    await client.client.chat.say("still there?");
    await fixture.terminal.shows(new RegExp(`^${TIME} \\[guest-1\\]: still there\\?$`));
  },
});

Deno.test({
  name: "tcp-chat-server: restores the terminal if it cannot start",
  ignore,
  async fn() {
    await using fixture = await setUp();
    const folders = ["-r", fixture.folder.join("root"), "--data", fixture.folder.join("data2")];
    const args = ["-H", "127.0.0.1", "-p", String(fixture.port), ...folders];
    await using second = new Terminal("server", args);
    assertEquals(await second.exitCode(), 3);
    await second.shows("terminal-restored");
    assert(second.lines.some((line) => line.startsWith("tcp-chat-server: ")));
  },
});

Deno.test({
  name: "tcp-chat-server --qr: tells why there is no QR code, in a terminal with colours only",
  ignore,
  async fn() {
    const reason = "no QR code: this machine has no address that others reach";
    for (const args of [["--qr"], ["--qr", "--no-web"]]) {
      await using fixture = await setUp(args, { NO_COLOR: "" });
      await fixture.terminal.shows(reason);
    }
    await using plain = await setUp(["--qr"]);
    assert(!plain.terminal.lines.join("\n").includes("QR code"));
  },
});
