import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { TestClient } from "../helpers/clients.ts";
import { Program, run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Folders for a server, in one that goes away with the test. */
function folders(folder: TempDir) {
  return { root: folder.join("root"), data: folder.join("data") };
}

Deno.test("the server says where it listens and what it serves, and serves it", async () => {
  using folder = new TempDir();
  folder.write("root/a.txt", "hello");
  await using server = await ServerProgram.start(folders(folder), ["--name", "test server"]);
  assertMatch(server.stdout.lines[0]!, /^\d\d:\d\d:\d\d test server listens on 127\.0\.0\.1, port/);
  assertStringIncludes(server.stdout.lines[0]!, folder.join("root"));
  await using client = await TestClient.connect(server.port);
  const target = { directory: folder.join("got"), name: "a.txt" };
  assertEquals((await client.client.download("a.txt", target)).sizeBytes, 5);
  await server.stdout.waitFor(/client 1 got a\.txt: 5 B in \d+\.\d s\n/);
  assertEquals(server.stderr.text, "");
});

Deno.test("the server speaks Portuguese where it is asked to, to its clients as well", async () => {
  using folder = new TempDir();
  await using server = await ServerProgram.start(folders(folder), ["--lang", "pt-BR"]);
  assertStringIncludes(server.stdout.lines[0]!, " escuta em 127.0.0.1, porta ");
  const heard = Promise.withResolvers<string>();
  await using client = await TestClient.connect(server.port, { onChat: heard.resolve });
  await server.stdout.waitFor("cliente 1 conectado");
  server.kill("SIGTERM");
  assertEquals(await heard.promise, "[SERVER]: O servidor está sendo encerrado");
  await client.closed();
  assertEquals(await server.exitCode(), 0);
});

Deno.test("without options the server serves server_files and keeps its state in the home", async () => {
  using folder = new TempDir();
  const state = folder.join("state");
  const env = { XDG_STATE_HOME: state };
  await using server = new Program("server", ["-p", "0"], { cwd: folder.path, env });
  await server.stdout.waitFor(`, and serves ${folder.join("server_files")}\n`);
  assert(folder.list().includes("server_files"));
  await server.write("quit\n");
  assertEquals(await server.exitCode(), 0);
  assert(folder.list("state/tcp-chat").includes("tcp-chat.db"));
});

Deno.test("every option can come from the environment", async () => {
  using folder = new TempDir();
  const env = {
    TCP_CHAT_PORT: "0",
    TCP_CHAT_HOST: "127.0.0.1",
    TCP_CHAT_ROOT: folder.join("root"),
    TCP_CHAT_DATA: folder.join("data"),
    TCP_CHAT_NAME: "from the environment",
    TCP_CHAT_LANG: "pt-BR",
  };
  await using server = new Program("server", [], { env });
  await server.stdout.waitFor(/from the environment escuta em 127\.0\.0\.1, porta \d+/);
});

Deno.test("--version says name and version", async () => {
  for (const [program, name] of [["server", "tcp-chat-server"], ["client", "tcp-chat"]] as const) {
    const { code, stdout, stderr } = await run(program, ["--version"]);
    assertEquals([code, stdout, stderr], [0, `${name} ${config.version}\n`, ""]);
  }
});

Deno.test("--help says how to use it, in the language of the environment", async () => {
  for (const program of ["server", "client"] as const) {
    const english = await run(program, ["--help"]);
    assertEquals([english.code, english.stderr], [0, ""]);
    assertStringIncludes(english.stdout, "Examples:");
    const portuguese = await run(program, ["-h"], { env: { LC_ALL: "pt_BR.UTF-8" } });
    assertStringIncludes(portuguese.stdout, "Exemplos:");
  }
});

const MISTAKES: Array<[args: string[], text: string]> = [
  [["--prot", "7"], "Unknown option --prot. Did you mean --port?"],
  [["-p", "65536"], "--port must be a whole number from 0 to 65535, not 65536"],
  [["-p"], "--port needs a value"],
  [["nonsense"], "Unexpected argument nonsense"],
  [["--lang", "fr"], "--lang must be one of en, pt-BR, not fr"],
];

for (const [args, text] of MISTAKES) {
  Deno.test(`the server ends with 2 for ${args.join(" ")}`, async () => {
    const { code, stdout, stderr } = await run("server", args);
    assertEquals([code, stdout, stderr], [2, "", `tcp-chat-server: ${text}\n`]);
  });
}

Deno.test("a port that is in use ends the server with 3, and a hint what to do", async () => {
  using folder = new TempDir();
  await using first = await ServerProgram.start(folders(folder));
  const { root, data } = folders(folder);
  const args = ["-H", "127.0.0.1", "-p", String(first.port), "-r", root, "--data", data];
  const { code, stdout, stderr } = await run("server", args);
  assertEquals([code, stdout], [3, ""]);
  assertMatch(
    stderr,
    /^tcp-chat-server: Cannot listen on \S+:\d+: the port is in use\n.* -p .*\n$/,
  );
});

Deno.test("an address that is not of this machine ends the server with 3", async () => {
  using folder = new TempDir();
  const { root, data } = folders(folder);
  const args = ["-H", "203.0.113.1", "-p", "0", "-r", root, "--data", data];
  const { code, stderr } = await run("server", args);
  assertEquals(code, 3);
  assertMatch(stderr, /^tcp-chat-server: Cannot listen on \S+: /);
});

Deno.test("a folder that cannot be served ends the server with an error that names it", async () => {
  using folder = new TempDir();
  const root = folder.write("file", "");
  const args = ["-H", "127.0.0.1", "-p", "0", "-r", root, "--data", folder.join("data")];
  const { code, stderr } = await run("server", args);
  assert(code !== 0);
  assertStringIncludes(stderr, root);
});

Deno.test("a quiet server says nothing while all is well", async () => {
  using folder = new TempDir();
  const { root, data } = folders(folder);
  const where = ["-H", "127.0.0.1", "-p", "0", "-r", root, "--data", data];
  const args = ["-q", "--max-clients", "100", ...where];
  const { code, stdout, stderr } = await run("server", args, { input: "hello\nquit\n" });
  assertEquals([code, stdout, stderr], [0, "", ""]);
});
