import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { Program, run } from "../helpers/program.ts";
import { goodAnswer, ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(2_000_000);

/** A server, and a folder in which the interactive client reads a script. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer({}, { "file.bin": CONTENT, "a b.txt": "ab" }));
  const folder = stack.use(new TempDir());
  const address = ["127.0.0.1", String(server.port)];
  const play = (input: string, ...args: string[]) =>
    run("client", [...address, ...args], { cwd: folder.path, input });
  const heard = () => server.eventsOf("chat").map(({ text }) => text);
  return {
    server,
    folder,
    address,
    play,
    heard,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("a script chats and fetches a file, and leaves at its end", async () => {
  await using fixture = await setUp();
  const { code, stdout, stderr } = await fixture.play("chat hello  world\nfile file.bin\n");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^client_downloads.file\.bin: 2 MB, SHA-256 verified \([0-9a-f]{64}\)\n$/);
  assertEquals(fixture.heard(), ["hello  world"]);
  assertEquals(Deno.readFileSync(fixture.folder.join("client_downloads/file.bin")), CONTENT);
  assertEquals((await fixture.server.waitFor("disconnected")).reason, "quit");
});

Deno.test("downloads are finished before quit leaves", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.play("get file.bin\nget a b.txt\nquit\nchat too late\n");
  assertEquals(code, 0);
  assertEquals(stdout.match(/SHA-256 verified/g)?.length, 2);
  assertEquals(fixture.folder.list("client_downloads"), ["a b.txt", "file.bin"]);
  assertEquals(fixture.heard(), []);
});

for (
  const [language, script] of Object.entries({
    English: "chat one\ntalk\ntwo\ntalk\nfile a b.txt\nhelp\nquit\n",
    Portuguese: "chat one\nconversar\ntwo\nconversar\narquivo a b.txt\najuda\nsair\n",
    "slashed English": "/chat one\n/talk\ntwo\n/talk\n/get a b.txt\n/help\n/quit\n",
  })
) {
  Deno.test(`the commands work in ${language}`, async () => {
    await using fixture = await setUp();
    const { code, stdout } = await fixture.play(script);
    assertEquals(code, 0);
    assertEquals(fixture.heard(), ["one", "two"]);
    assertEquals(fixture.folder.list("client_downloads"), ["a b.txt"]);
    assertStringIncludes(stdout, "fetch a file, a folder, or all that match *.iso, verified");
  });
}

Deno.test("a word that is no command is never sent, and the nearest one is named", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.play("chta hello\nhello\nchat marker\n");
  assertEquals(code, 2);
  assertStringIncludes(stdout, "Unknown command: chta. Did you mean chat?");
  assertStringIncludes(stdout, "Unknown command: hello. ");
  assertEquals(fixture.heard(), ["marker"]);
});

Deno.test("while talking, a line is chat, but for a mistyped one behind a slash", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.play("quit now\n/qiut\nfile a\n/quit\n", "--talk");
  assertEquals(code, 2);
  assertEquals(fixture.heard(), ["quit now", "file a"]);
  assertStringIncludes(stdout, "Unknown command: qiut. Did you mean quit?");
});

Deno.test("a command that lacks its argument says how it is used", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.play("chat\nfile\n");
  assertEquals([code, stdout], [2, "Usage: chat TEXT\nUsage: file NAME\n"]);
  assertEquals(fixture.heard(), []);
});

Deno.test("empty lines do nothing", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.play("\n  \n\r\n");
  assertEquals([code, stdout], [0, ""]);
});

Deno.test("the exit code is that of the first command that failed, and the rest is done", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.play("file missing\nnonsense\nfile a b.txt\n");
  assert(code === 2 || code === 4, `${code}`);
  assertStringIncludes(stdout, "missing: File not found");
  assertEquals(fixture.folder.list("client_downloads"), ["a b.txt"]);
  const alone = await fixture.play("file missing\nfile a b.txt\n");
  assertEquals(alone.code, 4);
});

Deno.test("a message that is too long is refused and told, and the client goes on", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.play(`chat ${"a".repeat(4097)}\nchat marker\n`);
  assertEquals([code, stdout], [2, "The message is longer than 4096 bytes\n"]);
  assertEquals(fixture.heard(), ["marker"]);
});

Deno.test("messages of others are printed as they come, without what would steer", async () => {
  await using fixture = await setUp();
  await using client = new Program("client", fixture.address);
  await fixture.server.waitFor("connected");
  fixture.server.server.announce("a\x1b[2Jb\nc");
  await client.stdout.waitFor("c\n");
  assertEquals(client.stdout.text, "[SERVER]: a[2Jb\n         | c\n");
  await client.closeInput();
  assertEquals(await client.exitCode(), 0);
});

Deno.test("a server that goes away ends a script with 3, although its input is open", async () => {
  await using fixture = await setUp();
  await using client = new Program("client", fixture.address);
  await fixture.server.waitFor("connected");
  await fixture.server.server.stop();
  assertEquals(await client.exitCode(), 3);
  assertEquals(client.stderr.text, "tcp-chat: Connection lost: the server went away\n");
});

Deno.test("a server that goes away in the middle of a file ends a script with 3", async () => {
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("FILE");
    await peer.send(...goodAnswer("file.bin", CONTENT).slice(0, 20));
  });
  using folder = new TempDir();
  const args = ["127.0.0.1", String(server.port), "--protocol", "1"];
  const result = await run("client", args, { cwd: folder.path, input: "file file.bin\n" });
  assertEquals(result.code, 3);
  assertEquals(result.stderr, "tcp-chat: Connection lost: the server went away\n");
  assertEquals(folder.list("client_downloads"), ["file.bin.part"]);
});

Deno.test("without an address, the script's first lines say where", async () => {
  await using fixture = await setUp();
  const input = `127.0.0.1\n${fixture.server.port}\nchat hello\n`;
  const { code, stderr } = await run("client", [], { input });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(fixture.heard(), ["hello"]);
});

Deno.test("without an address and without input, the client leaves", async () => {
  const { code, stderr } = await run("client", [], { input: "" });
  assertEquals([code, stderr], [0, ""]);
});

Deno.test({
  name: "an interruption leads to 130, although the input is open",
  ignore: Deno.build.os === "windows", // It knows no signal that a program could be sent politely
  async fn() {
    await using fixture = await setUp();
    await using client = new Program("client", fixture.address);
    await fixture.server.waitFor("connected");
    fixture.server.server.announce("marker");
    await client.stdout.waitFor("marker\n");
    client.kill("SIGINT");
    assertEquals(await client.exitCode(), 130);
  },
});
