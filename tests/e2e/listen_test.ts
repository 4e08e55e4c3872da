import { assert, assertEquals } from "@std/assert";
import { Program } from "../helpers/program.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";

/** A server, and a connected client that runs `listen`. */
async function setUp(...args: string[]) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer());
  const address = `127.0.0.1:${server.port}`;
  const client = stack.use(new Program("client", ["listen", address, ...args]));
  await server.waitFor(args.includes("--protocol") ? "connected" : "hello");
  return { server, client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Sends a message from another client. */
async function sendMessage(server: TestServer, text: string): Promise<void> {
  using peer = await server.connect();
  await peer.sendFrame("CHAT", text);
  await server.waitFor("chat");
}

Deno.test("listen: prints a line per message, and nothing else", async () => {
  await using fixture = await setUp();
  fixture.server.server.announce("olá");
  await fixture.client.stdout.waitFor("\n");
  await sendMessage(fixture.server, "hello");
  await fixture.client.stdout.waitFor("hello\n");
  assertEquals(fixture.client.stdout.text, "[SERVER]: olá\n[guest-2]: hello\n");
  assertEquals(fixture.client.stderr.text, "");
});

Deno.test("listen: indents the further lines of a message, and removes control characters", async () => {
  await using fixture = await setUp();
  fixture.server.server.announce("a\x1b[2J\n[guest-7]: b\x07\u202ec\x9b31m");
  await fixture.client.stdout.waitFor("c31m\n");
  assertEquals(fixture.client.stdout.text, "[SERVER]: a[2J\n         | [guest-7]: bc31m\n");
});

for (const protocol of [1, 2]) {
  Deno.test(`listen --json: prints an object per message with all members, protocol ${protocol}`, async () => {
    await using fixture = await setUp("--json", ...(protocol === 1 ? ["--protocol", "1"] : []));
    const beforeMs = Date.now();
    await sendMessage(fixture.server, "one\ntwo\u202e");
    const { time, ...message } = await fixture.client.stdout.waitForEvent("message");
    assert(typeof time === "number" && time >= beforeMs && time <= Date.now());
    assertEquals(message, {
      event: "message",
      room: "lobby",
      from: "guest-2",
      // A server indents the further lines for protocol 1: they could pose as messages
      text: protocol === 1 ? "one\n    two\u202e" : "one\ntwo\u202e",
      ...(protocol === 2 && { seq: 1 }),
    });
  });
}

Deno.test("listen --json: prints an announcement of the server with SERVER as its sender", async () => {
  await using fixture = await setUp("--json");
  const [session] = fixture.server.server.clients;
  fixture.server.server.announce("x");
  const { from } = await fixture.client.stdout.waitForEvent("message");
  assertEquals([session!.nick, from], ["guest-1", "SERVER"]);
});

Deno.test("listen --json: prints a topic that is set, and one that is removed", async () => {
  await using fixture = await setUp("--json");
  using peer = await Protocol2Peer.connect(fixture.server.port);
  await peer.request("TOPC", { room: "lobby", text: "#1 priority" });
  const { time, ...topic } = await fixture.client.stdout.waitForEvent("topic");
  assert(typeof time === "number");
  assertEquals(topic, { event: "topic", room: "lobby", from: "guest-2", text: "#1 priority" });
  await peer.request("TOPC", { room: "lobby", text: "" });
  await fixture.client.stdout.waitFor(/"topic".*"text":""/);
});

for (const args of [[], ["--json"]]) {
  Deno.test(`${["listen", ...args].join(" ")}: exits with 3 when the server stops`, async () => {
    await using fixture = await setUp(...args);
    await fixture.server.server.stop();
    assertEquals(await fixture.client.exitCode(), 3);
    const text = "tcp-chat: Connection lost: the server went away\n";
    assertEquals(fixture.client.stderr.text, text);
    if (args.length === 0) return;
    const { code } = await fixture.client.stdout.waitForEvent("error");
    assertEquals(code, "lost");
  });
}

Deno.test({
  name: "listen: exits with 130 on SIGINT and SIGTERM, without an error text",
  ignore: Deno.build.os === "windows", // On Windows, a signal ends a program without notice
  async fn() {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      await using fixture = await setUp();
      fixture.server.server.announce("marker");
      await fixture.client.stdout.waitFor("marker\n");
      fixture.client.kill(signal);
      assertEquals(await fixture.client.exitCode(), 130);
      assertEquals(fixture.client.stderr.text, "");
      assertEquals((await fixture.server.waitFor("disconnected")).client, 1);
    }
  },
});
