import { assertEquals, assertStringIncludes } from "@std/assert";
import { Program, run } from "../helpers/program.ts";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Runs `say`; returns its result, and the messages that the server received. */
async function say(words: string[], input?: string) {
  await using server = await startServer();
  const args = ["say", `127.0.0.1:${server.port}`, ...words];
  const result = await run("client", args, input === undefined ? {} : { input });
  const { code, stdout, stderr } = result;
  return { code, stdout, stderr, messages: server.eventsOf("chat").map(({ text }) => text) };
}

const NO_OUTPUT = { stdout: "", stderr: "" };

Deno.test("say, put, get, ls, stat: are seen by no member but by what they say", async () => {
  await using server = await startServer({ uploads: true });
  await using folder = new TempDir();
  await using ana = await Protocol2Peer.connect(server.port);
  const file = `${folder.path}/a.txt`;
  await Deno.writeTextFile(file, "a");
  const address = `127.0.0.1:${server.port}`;
  for (
    const args of [
      ["put", address, file, "--room", "lobby"],
      ["ls", address],
      ["stat", address, "a.txt"],
      ["get", address, "a.txt", "-o", `${folder.path}/got`],
      ["say", address, "--nick", "builder", "done"],
    ]
  ) assertEquals((await run("client", args)).code, 0, args.join(" "));
  await ana.event(({ event }) => event === "message");
  const events = ana.events.map(({ event, from }) => [event, from]);
  assertEquals(events, [["file", "guest-2"], ["message", "builder"]]);
});

Deno.test("say --to: names the nick that was meant where none is as typed", async () => {
  await using server = await startServer();
  await using bruno = await Protocol2Peer.connect(server.port);
  await bruno.done(await bruno.ask("NICK", { nick: "guest-bruno" }));
  const args = ["say", `127.0.0.1:${server.port}`, "--to", "bruno", "hi"];
  const { code, stderr } = await run("client", args);
  const told = "tcp-chat: Nobody here has this nick\nDid you mean guest-bruno?\n";
  assertEquals([code, stderr], [4, told]);
});

Deno.test("say: sends its arguments as one message", async () => {
  assertEquals(await say(["hello", "wide  world"]), {
    code: 0,
    ...NO_OUTPUT,
    messages: ["hello wide  world"],
  });
});

Deno.test("say: sends standard input if there are no arguments", async () => {
  assertEquals(await say([], "one\ntwo\n\n"), { code: 0, ...NO_OUTPUT, messages: ["one\ntwo"] });
});

Deno.test("say: sends arguments after -- that look like options", async () => {
  assertEquals((await say(["--", "--help", "-x"])).messages, ["--help -x"]);
});

Deno.test("say: sends a message of 4096 bytes, and refuses 4097 bytes", async () => {
  assertEquals((await say(["a".repeat(4096)])).messages, ["a".repeat(4096)]);
  const { code, stderr, messages } = await say(["a".repeat(4097)]);
  assertEquals([code, messages], [2, []]);
  assertEquals(stderr, "tcp-chat: The message is longer than 4096 bytes\n");
});

for (const [what, words, input] of [["no input", [], ""], ["blanks", [" "], ""]] as const) {
  Deno.test(`say: exits with 2 for ${what}, and sends nothing`, async () => {
    const { code, stderr, messages } = await say([...words], input);
    assertEquals([code, messages], [2, []]);
    assertEquals(stderr, "tcp-chat: The message is empty\n");
  });
}

Deno.test("say: exits with 3 if no server listens on the port", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, stderr } = await run("client", ["say", `127.0.0.1:${port}`, "hello"]);
  assertEquals(code, 3);
  assertStringIncludes(stderr, ": nothing listens there");
});

Deno.test("say: exits with 3 if the server is full", async () => {
  await using server = await startServer({ maxClients: 1 });
  using _peer = await server.connect();
  await server.waitFor("connected");
  const { code, stderr } = await run("client", ["say", `127.0.0.1:${server.port}`, "hello"]);
  assertEquals(code, 3);
  assertStringIncludes(stderr, "server full");
  assertEquals(server.eventsOf("chat"), []);
});

Deno.test({
  name: "say: exits with 130 on SIGINT while it waits for the server",
  ignore: Deno.build.os === "windows", // On Windows, a signal ends a program without notice
  async fn() {
    const quitReceived = Promise.withResolvers<void>();
    await using server = new ScriptedServer(async (peer) => {
      await peer.expect("QUIT");
      quitReceived.resolve();
      await peer.ended();
    });
    const args = ["say", `127.0.0.1:${server.port}`, "hello", "--protocol", "1"];
    await using client = new Program("client", args);
    await quitReceived.promise;
    client.kill("SIGINT");
    assertEquals(await client.exitCode(), 130);
  },
});
