import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Command, programCommand, run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const SERVE: Command = [...programCommand("client"), "serve"];

class Fixture implements Disposable {
  readonly folder = new TempDir();
  readonly folders = { root: this.folder.join("root"), data: this.folder.join("data") };

  constructor() {
    Deno.mkdirSync(this.folders.root);
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

Deno.test("tcp-chat serve: serves files by its threads, and stops with 0 at SIGTERM", async () => {
  using fixture = new Fixture();
  const content = new Uint8Array(3_000_000).map((_, at) => at % 251);
  Deno.writeFileSync(fixture.folder.join("root/a.bin"), content);
  await using server = await ServerProgram.start(fixture.folders, ["-u"], { command: SERVE });
  const address = `127.0.0.1:${server.port}`;
  const got = await run("client", ["get", address, "a.bin", "--stdout"]);
  assertEquals([got.code, got.bytes.length], [0, content.length]);
  assertEquals(got.bytes, content);
  const put = await run("client", ["put", address, fixture.folder.join("root/a.bin"), "--to", "b"]);
  assertEquals(put.code, 0, put.stderr);
  assertEquals(Deno.readFileSync(fixture.folder.join("root/b/a.bin")), content);
  server.kill("SIGTERM");
  assertEquals(await server.exitCode(), 0);
  assertStringIncludes(server.stdout.text, "stopped");
});

Deno.test("tcp-chat serve: has the exit codes and errors of the server, under its own name", async () => {
  using fixture = new Fixture();
  await using server = await ServerProgram.start(fixture.folders, [], { command: SERVE });
  const { root } = fixture.folders;
  const other = ["-r", root, "--data", fixture.folder.join("data2"), "-H", "127.0.0.1"];
  const taken = await run(SERVE, [...other, "-p", String(server.port)]);
  assertEquals(taken.code, 3, taken.stderr);
  assertMatch(taken.stderr, /^tcp-chat serve: /);
  const unknown = await run(SERVE, ["--prot", "1"]);
  assertEquals(unknown.code, 2);
  assertEquals(unknown.stderr, "tcp-chat serve: Unknown option --prot. Did you mean --port?\n");
});

Deno.test("tcp-chat serve: manages accounts", async () => {
  using fixture = new Fixture();
  const { root, data } = fixture.folders;
  const input = "correct horse battery staple\n";
  const added = await run(SERVE, ["user", "add", "ana", "-r", root, "--data", data], { input });
  assertEquals(added.code, 0, added.stderr);
  const listed = await run(SERVE, ["user", "list", "-r", root, "--data", data]);
  assertStringIncludes(listed.stdout, "ana");
});

Deno.test("tcp-chat: shows the same help by --help and by the command help", async () => {
  for (const words of [[], ["get"], ["serve"], ["serve", "user"], ["serve", "user", "add"]]) {
    const option = await run("client", [...words, "--help"]);
    const command = await run("client", ["help", ...words]);
    assertEquals([option.code, command.code], [0, 0], words.join(" "));
    assertEquals(option.stdout, command.stdout);
    assert(option.stdout.startsWith(["tcp-chat", ...words].join(" ")));
  }
  const portuguese = await run("client", ["help", "get", "--lang", "pt-BR"]);
  assertStringIncludes(portuguese.stdout, "busca arquivos");
});

Deno.test("tcp-chat-server: shows the same help by --help and by the command help", async () => {
  for (const words of [[], ["user"], ["user", "add"]]) {
    const option = await run("server", [...words, "--help"]);
    const command = await run("server", ["help", ...words]);
    assertEquals([option.code, command.code], [0, 0], words.join(" "));
    assertEquals(option.stdout, command.stdout);
    assert(option.stdout.startsWith(["tcp-chat-server", ...words].join(" ")));
  }
});

Deno.test("tcp-chat: refuses an option of another command, also as JSON", async () => {
  const { code, stdout, stderr } = await run("client", ["get", "h", "x", "--long", "--json"]);
  assertEquals(code, 2);
  assertEquals(stderr, "tcp-chat: --long belongs to ls, not to get\n");
  assertEquals(JSON.parse(stdout).event, "error");
});
