import { assert, assertEquals } from "@std/assert";
import { Program } from "../helpers/program.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";

/** A server, and a client that listens to it. */
async function setUp(...args: string[]) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer());
  const address = `127.0.0.1:${server.port}`;
  const client = stack.use(new Program("client", ["listen", address, ...args]));
  await server.waitFor(args.includes("--protocol") ? "connected" : "hello");
  return { server, client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Has another client say something. */
async function say(server: TestServer, text: string): Promise<void> {
  using peer = await server.connect();
  await peer.sendFrame("CHAT", text);
  await server.waitFor("chat");
}

Deno.test("listen prints a message a line, and nothing else", async () => {
  await using fixture = await setUp();
  fixture.server.server.announce("olá");
  await fixture.client.stdout.waitFor("\n");
  await say(fixture.server, "hello");
  await fixture.client.stdout.waitFor("hello\n");
  assertEquals(fixture.client.stdout.text, "[SERVER]: olá\n[guest-2]: hello\n");
  assertEquals(fixture.client.stderr.text, "");
});

Deno.test("listen shows further lines of a message as such, without what would steer", async () => {
  await using fixture = await setUp();
  fixture.server.server.announce("a\x1b[2J\n[guest-7]: b\x07\u202ec\x9b31m");
  await fixture.client.stdout.waitFor("c31m\n");
  assertEquals(fixture.client.stdout.text, "[SERVER]: a[2J\n         | [guest-7]: bc31m\n");
});

for (const protocol of [1, 2]) {
  Deno.test(`listen --json prints an object a message, with all members, protocol ${protocol}`, async () => {
    await using fixture = await setUp("--json", ...(protocol === 1 ? ["--protocol", "1"] : []));
    const beforeMs = Date.now();
    await say(fixture.server, "one\ntwo\u202e");
    const { time, ...message } = await fixture.client.stdout.waitForEvent("message");
    assert(typeof time === "number" && time >= beforeMs && time <= Date.now());
    assertEquals(message, {
      event: "message",
      room: "lobby",
      from: "guest-2",
      text: "one\ntwo\u202e",
      ...(protocol === 2 && { seq: 1 }),
    });
  });
}

Deno.test("listen --json tells a message that names nobody with null", async () => {
  await using fixture = await setUp("--json");
  const [session] = fixture.server.server.clients;
  fixture.server.server.announce("x");
  const { from } = await fixture.client.stdout.waitForEvent("message");
  assertEquals([session!.nick, from], ["guest-1", "SERVER"]);
});

for (const args of [[], ["--json"]]) {
  Deno.test(`listen ${args.join(" ")} ends with 3 when the server goes away`, async () => {
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
  name: "an interruption ends listen with 130 and without a word",
  ignore: Deno.build.os === "windows", // It knows no signal that a program could be sent politely
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
