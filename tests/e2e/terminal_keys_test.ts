import { assertEquals } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { Proxy } from "../helpers/proxy.ts";
import { throttled } from "../helpers/proxy_taps.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { hasTerminal, KEYS, Terminal } from "../helpers/terminal.ts";

const ignore = !hasTerminal();

/** A server, and a connected interactive client in a terminal. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer());
  const terminal = stack.use(new Terminal("client", ["127.0.0.1", String(server.port)]));
  await terminal.endsWith("[lobby] >");
  return { server, terminal, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test({
  name: "interactive client: breaks a long message between words",
  ignore,
  async fn() {
    await using fixture = await setUp();
    await using ana = await TestClient.connect(fixture.server.port, { protocol: 2 });
    await ana.client.chat.say(`${"x".repeat(70)} not-broken`, { room: "lobby" });
    await fixture.terminal.shows(/^not-broken$/);
  },
});

Deno.test({
  name: "interactive client: cancels a transfer at Ctrl-C or cancel, and stays in the chat",
  ignore,
  async fn() {
    await using server = await startServer({}, { "large.bin": patternedBytes(5_000_000) });
    await using slow = await Proxy.start(server.port, [throttled(1_000_000)]);
    await using folder = new TempDir();
    await using terminal = new Terminal("client", ["127.0.0.1", `${slow.port}`, "-o", folder.path]);
    for (const cancel of [KEYS.controlC, `cancel${KEYS.enter}`]) {
      await terminal.endsWith("[lobby] >");
      await terminal.enter("get large.bin");
      await terminal.shows(/large\.bin {2}[█░]{20}/);
      await terminal.type(cancel);
      await terminal.waitUntil(
        (lines) => !lines.some((line) => /[█░]/.test(line)) && lines.at(-1) === "[lobby] >",
        "the end of the transfer",
      );
    }
    const told = terminal.lines.filter((line) => line.startsWith("Cancelled. The same command"));
    assertEquals(told.length, 2);
    assertEquals(terminal.lines.some((line) => line.includes("verified")), false);
    await terminal.type(KEYS.controlC);
    assertEquals(await terminal.exitCode(), 130);
  },
});

Deno.test({
  name: "interactive client: clears the typed line at Ctrl-C, and leaves at the next",
  ignore,
  async fn() {
    await using fixture = await setUp();
    await fixture.terminal.type("half a line");
    await fixture.terminal.endsWith("[lobby] > half a line");
    await fixture.terminal.type(KEYS.controlC);
    await fixture.terminal.endsWith("[lobby] >");
    await fixture.terminal.type(KEYS.controlC);
    assertEquals(await fixture.terminal.exitCode(), 130);
    await fixture.terminal.shows("terminal-restored");
  },
});
