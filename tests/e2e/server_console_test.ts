import { assertEquals, assertMatch } from "@std/assert";
import { TestClient } from "../helpers/clients.ts";
import { ServerProgram } from "../helpers/program.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** A running server, and its temporary folder. */
async function setUp(args: string[] = []) {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(new TempDir());
  folder.write("root/a.txt", "hello");
  const folders = { root: folder.join("root"), data: folder.join("data") };
  const server = stack.use(await ServerProgram.start(folders, args));
  return { server, folder, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("console: sends a line of standard input to every client", async () => {
  await using fixture = await setUp();
  await using first = await TestClient.connect(fixture.server.port);
  await using second = await TestClient.connect(fixture.server.port);
  await fixture.server.stdout.waitFor("client 2 connected");
  await fixture.server.write("hello everybody\n");
  for (const { heard } of [first, second]) {
    await until(() => heard.length > 0, "the message");
    assertEquals(heard, ["[SERVER]: hello everybody"]);
  }
});

Deno.test("tcp-chat-server: prints a message with the nick of its sender, and sends it to the others", async () => {
  await using fixture = await setUp();
  await using first = await TestClient.connect(fixture.server.port);
  await fixture.server.stdout.waitFor("client 1 connected");
  await using second = await TestClient.connect(fixture.server.port);
  await fixture.server.stdout.waitFor("client 2 connected");
  await second.client.chat.say("olá");
  await fixture.server.stdout.waitFor(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[guest-2\]: olá$/m);
  await until(() => first.heard.length > 0, "the message");
  assertEquals(first.heard, ["[guest-2]: olá"]);
});

Deno.test("console quit: stops the server with 0, and notifies the clients", async () => {
  await using fixture = await setUp();
  await using client = await TestClient.connect(fixture.server.port);
  await fixture.server.stdout.waitFor("client 1 connected");
  await fixture.server.write("quit\n");
  await client.closed();
  assertEquals(client.heard, ["[SERVER]: The server is shutting down"]);
  assertEquals(await fixture.server.exitCode(), 0);
  assertMatch(fixture.server.stdout.lines.at(-1)!, / stopped$/);
});

Deno.test("console: prints the results of commands to standard output", async () => {
  await using fixture = await setUp();
  await using _client = await TestClient.connect(fixture.server.port);
  await fixture.server.stdout.waitFor("client 1 connected");
  await fixture.server.write("/who\n/files\n/stats\n/help\n/kcik\n/kick 1\n");
  await fixture.server.stdout.waitFor(/^1 {2}guest-1 {2}127\.0\.0\.1 {2}since /m);
  await fixture.server.stdout.waitFor(/^a\.txt {2}5 B$/m);
  await fixture.server.stdout.waitFor(/^up .* 1 client /m);
  await fixture.server.stdout.waitFor(/^TEXT goes to all clients/m);
  await fixture.server.stdout.waitFor("Unknown command: /kcik. Did you mean /kick?");
  await fixture.server.stdout.waitFor("client 1 (guest-1) was removed");
  await fixture.server.stdout.waitFor("client 1 left: kicked");
});

Deno.test("console: keeps the server running at the end of standard input", async () => {
  await using fixture = await setUp();
  await fixture.server.closeInput();
  await using client = await TestClient.connect(fixture.server.port);
  await client.client.chat.say("still there?");
  await fixture.server.stdout.waitFor("[guest-1]: still there?");
});

Deno.test("console: runs a last line without a line end", async () => {
  await using fixture = await setUp();
  await fixture.server.write("quit");
  await fixture.server.closeInput();
  assertEquals(await fixture.server.exitCode(), 0);
});

Deno.test("tcp-chat-server --no-console: does not read standard input", async () => {
  await using fixture = await setUp(["--no-console"]);
  await using client = await TestClient.connect(fixture.server.port);
  await fixture.server.write("hello\nquit\n");
  await fixture.server.closeInput();
  await client.client.chat.say("still there?");
  await fixture.server.stdout.waitFor("[guest-1]: still there?");
  assertEquals(client.heard, []);
});

Deno.test("tcp-chat-server --json: prints an object per event, with time, level and all members", async () => {
  await using fixture = await setUp(["--json", "--max-clients", "100"]);
  const { port } = fixture.server;
  await using client = await TestClient.connect(port);
  const target = { directory: fixture.folder.join("got"), name: "a.txt" };
  await client.client.download("a.txt", target);
  await client.client.download("missing", target).catch(() => {}); // The failure is intended
  await client.client.chat.say("olá");
  await client.client.quit();
  const { stdout } = fixture.server;
  await stdout.waitForEvent("disconnected");
  await fixture.server.write("quit\n");
  assertEquals(await fixture.server.exitCode(), 0);
  const events = stdout.lines.map((line) => JSON.parse(line));
  for (const { time } of events) assertEquals(new Date(time).toISOString(), time);
  const seconds = events.find(({ event }) => event === "download").seconds;
  const [root, data] = ["root", "data"].map((name) => fixture.folder.join(name));
  const info = { level: "info" };
  const urls = [`http://127.0.0.1:${port}/`];
  const join = { addresses: [`127.0.0.1:${port}`], uri: `tcp-chat://127.0.0.1:${port}` };
  assertEquals(events.map(({ time: _, ...rest }) => rest), [
    { ...info, event: "listening", host: "127.0.0.1", port, tls: false, root, data, urls, ...join },
    { ...info, event: "connected", client: 1, address: "127.0.0.1", protocol: 1 },
    { ...info, event: "download", client: 1, path: "a.txt", bytes: 5, seconds },
    {
      level: "warning",
      event: "refused",
      client: 1,
      address: "127.0.0.1",
      code: "not-found",
      path: "missing",
    },
    { ...info, event: "chat", client: 1, nick: "guest-1", room: "lobby", text: "olá" },
    { ...info, event: "disconnected", client: 1, reason: "quit" },
    { ...info, event: "stopped" },
  ]);
});

Deno.test("tcp-chat-server --json: prints the results of console commands to standard error", async () => {
  await using fixture = await setUp(["--json", "--max-clients", "100"]);
  await fixture.server.write("/files\nquit\n");
  assertEquals(await fixture.server.exitCode(), 0);
  const events = fixture.server.stdout.lines.map((line) => JSON.parse(line).event);
  assertEquals(events, ["listening", "stopped"]);
  assertEquals(fixture.server.stderr.text, "a.txt  5 B\n");
});
