import { assertEquals, assertStringIncludes } from "@std/assert";
import { Program, run } from "../helpers/program.ts";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { startServer } from "../helpers/servers.ts";

/** What the server heard of a client that says something, and how the client ended. */
async function say(words: string[], input?: string) {
  await using server = await startServer();
  const args = ["say", `127.0.0.1:${server.port}`, ...words];
  const result = await run("client", args, input === undefined ? {} : { input });
  const { code, stdout, stderr } = result;
  return { code, stdout, stderr, heard: server.eventsOf("chat").map(({ text }) => text) };
}

const nothing = { stdout: "", stderr: "" };

Deno.test("say sends its words as one message", async () => {
  assertEquals(await say(["hello", "wide  world"]), {
    code: 0,
    ...nothing,
    heard: ["hello wide  world"],
  });
});

Deno.test("say without words sends standard input", async () => {
  assertEquals(await say([], "one\ntwo\n\n"), { code: 0, ...nothing, heard: ["one\ntwo"] });
});

Deno.test("say sends what looks like an option after --", async () => {
  assertEquals((await say(["--", "--help", "-x"])).heard, ["--help -x"]);
});

Deno.test("say sends 4096 bytes whole, and refuses one more", async () => {
  assertEquals((await say(["a".repeat(4096)])).heard, ["a".repeat(4096)]);
  const { code, stderr, heard } = await say(["a".repeat(4097)]);
  assertEquals([code, heard], [2, []]);
  assertEquals(stderr, "tcp-chat: The message is longer than 4096 bytes\n");
});

for (const [what, words, input] of [["no input", [], ""], ["blanks", [" "], ""]] as const) {
  Deno.test(`say with ${what} sends nothing, and leads to 2`, async () => {
    const { code, stderr, heard } = await say([...words], input);
    assertEquals([code, heard], [2, []]);
    assertEquals(stderr, "tcp-chat: The message is empty\n");
  });
}

Deno.test("say to a port that nobody listens on leads to 3", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, stderr } = await run("client", ["say", `127.0.0.1:${port}`, "hello"]);
  assertEquals(code, 3);
  assertStringIncludes(stderr, ": nothing listens there");
});

Deno.test("say to a server that turns it away leads to 3", async () => {
  await using server = await startServer({ maxClients: 1 });
  using _peer = await server.connect();
  await server.waitFor("connected");
  const { code, stderr } = await run("client", ["say", `127.0.0.1:${server.port}`, "hello"]);
  assertEquals(code, 3);
  assertStringIncludes(stderr, "server full");
  assertEquals(server.eventsOf("chat"), []);
});

Deno.test({
  name: "an interruption while say waits for the server leads to 130",
  ignore: Deno.build.os === "windows", // It knows no signal that a program could be sent politely
  async fn() {
    const heard = Promise.withResolvers<void>();
    await using server = new ScriptedServer(async (peer) => {
      await peer.expect("QUIT");
      heard.resolve();
      await peer.ended();
    });
    const args = ["say", `127.0.0.1:${server.port}`, "hello", "--protocol", "1"];
    await using client = new Program("client", args);
    await heard.promise;
    client.kill("SIGINT");
    assertEquals(await client.exitCode(), 130);
  },
});
