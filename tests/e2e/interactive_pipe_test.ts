import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { Program, run } from "../helpers/program.ts";
import { goodAnswer, ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(2_000_000);

/** A server, and the working directory of an interactive client that reads a script. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer({}, { "file.bin": CONTENT, "a b.txt": "ab" }));
  const folder = stack.use(new TempDir());
  const address = ["127.0.0.1", String(server.port)];
  const runScript = (input: string, ...args: string[]) =>
    run("client", [...address, ...args], { cwd: folder.path, input });
  const messages = () => server.eventsOf("chat").map(({ text }) => text);
  return {
    server,
    folder,
    address,
    runScript,
    messages,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("interactive client: sends a message, fetches a file, and quits at the end of its input", async () => {
  await using fixture = await setUp();
  const { code, stdout, stderr } = await fixture.runScript("chat hello  world\nfile file.bin\n");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^client_downloads.file\.bin: 2 MB, SHA-256 verified \([0-9a-f]{64}\)\n$/);
  assertEquals(fixture.messages(), ["hello  world"]);
  assertEquals(Deno.readFileSync(fixture.folder.join("client_downloads/file.bin")), CONTENT);
  assertEquals((await fixture.server.waitFor("disconnected")).reason, "quit");
});

Deno.test("interactive client: finishes the downloads before it quits", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.runScript(
    "get file.bin\nget a b.txt\nquit\nchat too late\n",
  );
  assertEquals(code, 0);
  assertEquals(stdout.match(/SHA-256 verified/g)?.length, 2);
  assertEquals(fixture.folder.list("client_downloads"), ["a b.txt", "file.bin"]);
  assertEquals(fixture.messages(), []);
});

for (
  const [language, script] of Object.entries({
    English: "chat one\ntalk\ntwo\ntalk\nfile a b.txt\nhelp\nquit\n",
    Portuguese: "chat one\nconversar\ntwo\nconversar\narquivo a b.txt\najuda\nsair\n",
    "slashed English": "/chat one\n/talk\ntwo\n/talk\n/get a b.txt\n/help\n/quit\n",
  })
) {
  Deno.test(`interactive client: accepts commands in ${language}`, async () => {
    await using fixture = await setUp();
    const { code, stdout } = await fixture.runScript(script);
    assertEquals(code, 0);
    assertEquals(fixture.messages(), ["one", "two"]);
    assertEquals(fixture.folder.list("client_downloads"), ["a b.txt"]);
    assertStringIncludes(stdout, "fetch files, folders, or all that match *.iso, verified");
  });
}

Deno.test("interactive client: refuses an unknown command, and suggests the closest", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.runScript("chta hello\nhello\nchat marker\n");
  assertEquals(code, 2);
  assertStringIncludes(stdout, "Unknown command: chta. Did you mean chat?");
  assertStringIncludes(stdout, "Unknown command: hello. ");
  assertEquals(fixture.messages(), ["marker"]);
});

Deno.test("interactive client --talk: sends a line as a message, unless it begins with a slash", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.runScript("quit now\n/qiut\nfile a\n/quit\n", "--talk");
  assertEquals(code, 2);
  assertEquals(fixture.messages(), ["quit now", "file a"]);
  assertStringIncludes(stdout, "Unknown command: qiut. Did you mean quit?");
});

Deno.test("interactive client: shows the usage of a command without its argument", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.runScript("chat\nfile\n");
  assertEquals([code, stdout], [
    2,
    "Usage: chat TEXT\nUsage: get NAME… [--replace] [-o FOLDER]\n",
  ]);
  assertEquals(fixture.messages(), []);
});

Deno.test("interactive client: fetches two names, a quoted name, and into a folder", async () => {
  await using fixture = await setUp();
  fixture.server.root.write("it's", "x");
  const { code } = await fixture.runScript(
    `get "a b.txt" file.bin\nget it's -o "other folder"\nget file.bin -o 'other folder'\n`,
  );
  assertEquals(code, 0);
  assertEquals(fixture.folder.list("client_downloads"), ["a b.txt", "file.bin"]);
  assertEquals(fixture.folder.list("other folder"), ["file.bin", "it's"]);
});

Deno.test("interactive client: replaces a file only if get says so", async () => {
  await using fixture = await setUp();
  fixture.folder.write("client_downloads/a b.txt", "mine");
  assertEquals((await fixture.runScript("get a b.txt\n")).code, 0);
  assertEquals(fixture.folder.list("client_downloads"), ["a b (1).txt", "a b.txt"]);
  assertEquals((await fixture.runScript("get --replace a b.txt\n")).code, 0);
  assertEquals(Deno.readTextFileSync(fixture.folder.join("client_downloads/a b.txt")), "ab");
});

Deno.test("interactive client: prints one line for the files of a folder", async () => {
  await using fixture = await setUp();
  for (const name of ["1", "2", "3"]) fixture.server.root.write(`many/${name}`, name);
  const { code, stdout } = await fixture.runScript("get many\n");
  assertEquals([code, stdout], [0, "many: 3 files, 3 B, SHA-256 verified\n"]);
});

Deno.test("interactive client: takes a room with # and in any case", async () => {
  await using fixture = await setUp();
  const { code } = await fixture.runScript("join #Ops\nchat one\npart OPS\njoin ops\nchat two\n");
  assertEquals(code, 0);
  assertEquals(fixture.server.eventsOf("chat").map(({ room }) => room), ["ops", "ops"]);
});

Deno.test("interactive client: sends what its user does as a text of /me", async () => {
  await using fixture = await setUp();
  assertEquals((await fixture.runScript("me waves\n")).code, 0);
  assertEquals(fixture.messages(), ["/me waves"]);
});

Deno.test("interactive client: moves files with a server that has no chat", async () => {
  await using server = await startServer({ chat: false }, { "a.txt": "a" });
  await using folder = new TempDir();
  const address = ["127.0.0.1", String(server.port)];
  const { code, stdout } = await run("client", address, {
    cwd: folder.path,
    input: "ls\nget a.txt\nchat hello\n",
  });
  assertStringIncludes(stdout, "client_downloads/a.txt: 1 B, SHA-256 verified");
  assertStringIncludes(stdout, "This server has no chat for you; files work.\n");
  assertEquals(code, 4);
  assertEquals(folder.list("client_downloads"), ["a.txt"]);
});

Deno.test("interactive client: ignores empty lines", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.runScript("\n  \n\r\n");
  assertEquals([code, stdout], [0, ""]);
});

Deno.test("interactive client: exits with the code of the first failed command, and runs the others", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.runScript("file missing\nnonsense\nfile a b.txt\n");
  assert(code === 2 || code === 4, `${code}`);
  assertStringIncludes(stdout, "missing: File not found");
  assertEquals(fixture.folder.list("client_downloads"), ["a b.txt"]);
  const alone = await fixture.runScript("file missing\nfile a b.txt\n");
  assertEquals(alone.code, 4);
});

Deno.test("interactive client: refuses a message that is too long, and continues", async () => {
  await using fixture = await setUp();
  const { code, stdout } = await fixture.runScript(`chat ${"a".repeat(4097)}\nchat marker\n`);
  assertEquals([code, stdout], [2, "The message is longer than 4096 bytes\n"]);
  assertEquals(fixture.messages(), ["marker"]);
});

Deno.test("interactive client: prints messages as they arrive, without control characters", async () => {
  await using fixture = await setUp();
  await using client = new Program("client", fixture.address);
  await fixture.server.waitFor("hello");
  fixture.server.server.announce("a\x1b[2Jb\nc");
  await client.stdout.waitFor("c\n");
  assertEquals(client.stdout.text, "[SERVER]: a[2Jb\n         | c\n");
  await client.closeInput();
  assertEquals(await client.exitCode(), 0);
});

Deno.test("interactive client: exits with 3 when the server stops, although its input is open", async () => {
  await using fixture = await setUp();
  await using client = new Program("client", fixture.address);
  await fixture.server.waitFor("connected");
  await fixture.server.server.stop();
  assertEquals(await client.exitCode(), 3);
  assertEquals(client.stderr.text, "tcp-chat: Connection lost: the server went away\n");
});

Deno.test("interactive client: exits with 3 when the server closes the connection during a download", async () => {
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("FILE");
    await peer.send(...goodAnswer("file.bin", CONTENT).slice(0, 20));
  });
  using folder = new TempDir();
  const args = ["127.0.0.1", String(server.port), "--protocol", "1"];
  const result = await run("client", args, { cwd: folder.path, input: "file file.bin\n" });
  assertEquals(result.code, 3);
  assertEquals(result.stderr, "tcp-chat: Connection lost: the server went away\n");
  assertEquals(folder.list("client_downloads"), [".tcp-chat/file.bin.part"]);
});

Deno.test("interactive client: reads the address from its input if no argument gives it", async () => {
  await using fixture = await setUp();
  const input = `127.0.0.1\n${fixture.server.port}\nchat hello\n`;
  const { code, stderr } = await run("client", [], { input });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(fixture.messages(), ["hello"]);
});

Deno.test("interactive client: exits with 0 without an address and without input", async () => {
  const { code, stderr } = await run("client", [], { input: "" });
  assertEquals([code, stderr], [0, ""]);
});

Deno.test({
  name: "interactive client: exits with 130 on SIGINT, although its input is open",
  ignore: Deno.build.os === "windows", // On Windows, a signal ends a program without notice
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
