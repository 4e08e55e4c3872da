import { assert, assertEquals } from "@std/assert";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { Proxy } from "../helpers/proxy.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { hasTerminal, KEYS, Terminal } from "../helpers/terminal.ts";

const ignore = !hasTerminal();

/** A client in a terminal, through a proxy whose connections are cut and wait until `letBack`. */
async function setUp(args: string[] = [], options: Parameters<typeof startServer>[0] = {}) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer(options));
  const folder = stack.use(new TempDir());
  const proxy = stack.use(await Proxy.start(server.port));
  const back = Promise.withResolvers<number>();
  stack.defer(() => back.resolve(server.port));
  const address = ["127.0.0.1", String(proxy.port)];
  const terminal = stack.use(new Terminal("client", [...address, "-o", folder.path, ...args]));
  await terminal.endsWith(args.includes("--talk") ? "[lobby] chat>" : "[lobby] >");
  return {
    server,
    terminal,
    async cutOff(): Promise<void> {
      proxy.target = back.promise;
      proxy.cutAll("reset");
      await terminal.shows(/^No connection\. Next attempt in/);
    },
    letBack: () => back.resolve(server.port),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test({
  name: "interactive client: keeps lines typed without a connection, and sends them in order",
  ignore,
  async fn() {
    await using fixture = await setUp();
    const { terminal, server } = fixture;
    await fixture.cutOff();
    await terminal.enter("chat one");
    await terminal.shows(/ 1 message waits to be sent\.$/);
    await terminal.enter("/me waves");
    await terminal.shows(/ 2 messages wait to be sent\.$/);
    await terminal.enter("talk");
    await terminal.endsWith("[-] chat>");
    await terminal.enter("three");
    await terminal.shows(/ 3 messages wait to be sent\.$/);
    assert(terminal.lines.some((line) => line.endsWith("> chat one")), "the line is erased");
    fixture.letBack();
    await terminal.shows("Connected again.");
    await terminal.shows(/guest-\d+: three$/);
    assertEquals(server.eventsOf("chat").map(({ text }) => text), ["one", "/me waves", "three"]);
    assert(!terminal.lines.some((line) => line.includes("to be sent")));
    await terminal.enter("/quit");
    assertEquals(await terminal.exitCode(), 0);
  },
});

for (
  const [name, leave] of [
    ["quit", (terminal: Terminal) => terminal.enter("quit")],
    ["Ctrl-D", (terminal: Terminal) => terminal.type(KEYS.controlD)],
    ["Ctrl-C", (terminal: Terminal) => terminal.type(KEYS.controlC)],
  ] as const
) {
  Deno.test({
    name: `interactive client: ${name} without a connection leaves, and tells what was not sent`,
    ignore,
    async fn() {
      await using fixture = await setUp();
      const { terminal } = fixture;
      await fixture.cutOff();
      await terminal.enter("chat one");
      await terminal.shows(/ 1 message waits to be sent\.$/);
      await terminal.enter("msg bob two");
      await terminal.shows(/ 2 messages wait to be sent\.$/);
      await leave(terminal);
      assertEquals(await terminal.exitCode(), name === "Ctrl-C" ? 130 : 8);
      await terminal.shows("2 messages were not sent:");
      await terminal.shows("  one");
      await terminal.shows("  bob: two");
      await terminal.shows("terminal-restored");
    },
  });
}

Deno.test({
  name: "interactive client: shows a refused message once, and resend sends it again",
  ignore,
  async fn() {
    await using fixture = await setUp();
    const { terminal, server } = fixture;
    await terminal.enter("resend");
    await terminal.shows("Nothing to send again.");
    await terminal.enter("msg bob hello");
    await terminal.shows(/^Not sent: bob: hello \(.*\)\. resend sends it again\.$/);
    using bob = await Protocol2Peer.connect(server.port);
    await bob.request("NICK", { nick: "bob" });
    await terminal.enter("resend");
    await terminal.shows(/guest-\d+ to bob, privately: hello$/);
    await terminal.enter("quit");
    assertEquals(await terminal.exitCode(), 0);
    assert(!terminal.lines.some((line) => line.includes("not sent:")));
  },
});

Deno.test({
  name: "interactive client: 40 pasted lines all arrive in order, without a note for each",
  ignore,
  async fn() {
    await using fixture = await setUp([], { chatPerSecond: 30 });
    const { terminal, server } = fixture;
    const texts = Array.from({ length: 40 }, (_, i) => `line ${i + 1}`);
    await terminal.type(texts.map((text) => `chat ${text}${KEYS.enter}`).join(""));
    await terminal.shows(/^40 lines were pasted/);
    await terminal.enter("y");
    await terminal.shows(/guest-\d+: line 40$/);
    assertEquals(server.eventsOf("chat").map(({ text }) => text), texts);
    assertEquals(server.eventsOf("refused"), []);
    await terminal.enter("quit");
    assertEquals(await terminal.exitCode(), 0);
    assert(!terminal.lines.some((line) => /not sent|too many/i.test(line)));
  },
});
