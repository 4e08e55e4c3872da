import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { TestClient } from "../helpers/clients.ts";
import { Program, run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** The folders of a server, below a temporary folder. */
function folders(folder: TempDir) {
  return { root: folder.join("root"), data: folder.join("data") };
}

Deno.test("tcp-chat-server: prints its address and served folder, and serves the files", async () => {
  using folder = new TempDir();
  folder.write("root/a.txt", "hello");
  await using server = await ServerProgram.start(folders(folder), ["--name", "test server"]);
  assertMatch(
    server.stdout.lines[0]!,
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d test server listens on 127\.0\.0\.1, port/,
  );
  assertStringIncludes(server.stdout.lines[0]!, folder.join("root"));
  await using client = await TestClient.connect(server.port);
  const target = { directory: folder.join("got"), name: "a.txt" };
  assertEquals((await client.client.download("a.txt", target)).sizeBytes, 5);
  await server.stdout.waitFor(/client 1 got a\.txt: 5 B in \d+\.\d s\n/);
  assertEquals(server.stderr.text, "");
});

Deno.test("tcp-chat-server --lang pt-BR: prints Portuguese, and sends it to clients", async () => {
  using folder = new TempDir();
  await using server = await ServerProgram.start(folders(folder), ["--lang", "pt-BR"]);
  assertStringIncludes(server.stdout.lines[0]!, " escuta em 127.0.0.1, porta ");
  const received = Promise.withResolvers<string>();
  await using client = await TestClient.connect(server.port, { onChat: received.resolve });
  await server.stdout.waitFor("cliente 1 conectado");
  server.kill("SIGTERM");
  assertEquals(await received.promise, "[SERVER]: O servidor está sendo encerrado");
  await client.closed();
  assertEquals(await server.exitCode(), 0);
});

Deno.test("tcp-chat-server: serves server_files by default, and keeps its state in the state folder", async () => {
  using folder = new TempDir();
  const state = folder.join("state");
  const env = { XDG_STATE_HOME: state };
  await using server = new Program("server", ["-p", "0"], { cwd: folder.path, env });
  await server.stdout.waitFor(`, and serves ${folder.join("server_files")}\n`);
  assert(folder.list().includes("server_files"));
  await server.write("quit\n");
  assertEquals(await server.exitCode(), 0);
  const [name = ""] = folder.list("state/tcp-chat/servers");
  assertMatch(name, /^server_files-[0-9a-f]{12}$/);
  assert(folder.list(`state/tcp-chat/servers/${name}`).includes("tcp-chat.db"));
  const told = `accounts, history, rules and keys: ${folder.join("state/tcp-chat/servers", name)}`;
  assertEquals(server.stdout.lines[1]?.trim(), told);
});

Deno.test("tcp-chat-server: takes options from the environment", async () => {
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

Deno.test("tcp-chat-server, tcp-chat: print name and version with --version", async () => {
  for (const [program, name] of [["server", "tcp-chat-server"], ["client", "tcp-chat"]] as const) {
    const { code, stdout, stderr } = await run(program, ["--version"]);
    assertEquals([code, stdout, stderr], [0, `${name} ${config.version}\n`, ""]);
  }
});

Deno.test("tcp-chat-server, tcp-chat: print help in the language of the environment with --help", async () => {
  for (const program of ["server", "client"] as const) {
    const english = await run(program, ["--help"]);
    assertEquals([english.code, english.stderr], [0, ""]);
    assertStringIncludes(english.stdout, "Examples:");
    const portuguese = await run(program, ["-h"], { env: { LC_ALL: "pt_BR.UTF-8" } });
    assertStringIncludes(portuguese.stdout, "Exemplos:");
  }
});

const USAGE_ERRORS: Array<[args: string[], text: string]> = [
  [["--prot", "7"], "Unknown option --prot. Did you mean --port?"],
  [["-p", "65536"], "--port must be a whole number from 0 to 65535, not 65536"],
  [["-p"], "--port needs a value"],
  [["my files"], "Unexpected argument my files. -r serves a folder, and help lists the commands"],
  [["useradd", "ana"], "Unknown command: useradd. Did you mean user?"],
  [["--lang", "fr"], "--lang must be one of en, pt-BR, not fr"],
];

for (const [args, text] of USAGE_ERRORS) {
  Deno.test(`tcp-chat-server: exits with 2 for ${args.join(" ")}`, async () => {
    const { code, stdout, stderr } = await run("server", args);
    assertEquals([code, stdout, stderr], [2, "", `tcp-chat-server: ${text}\n`]);
  });
}

Deno.test("tcp-chat-server: exits with 3 and a hint if the port is in use", async () => {
  using folder = new TempDir();
  await using first = await ServerProgram.start(folders(folder));
  const { root, data } = folders(folder);
  const args = ["-H", "127.0.0.1", "-p", String(first.port), "-r", root, "--data", `${data}2`];
  const { code, stdout, stderr } = await run("server", args);
  assertEquals([code, stdout], [3, ""]);
  assertMatch(
    stderr,
    /^tcp-chat-server: Cannot listen on \S+:\d+: the port is in use\n.* -p .*\n$/,
  );
});

Deno.test("tcp-chat-server: exits with 3 for an address of another machine", async () => {
  using folder = new TempDir();
  const { root, data } = folders(folder);
  const args = ["-H", "203.0.113.1", "-p", "0", "-r", root, "--data", data];
  const { code, stderr } = await run("server", args);
  assertEquals(code, 3);
  assertMatch(stderr, /^tcp-chat-server: Cannot listen on \S+: /);
});

Deno.test("tcp-chat-server: exits with an error that names the root if it is not a folder", async () => {
  using folder = new TempDir();
  const root = folder.write("file", "");
  const args = ["-H", "127.0.0.1", "-p", "0", "-r", root, "--data", folder.join("data")];
  const { code, stderr } = await run("server", args);
  assert(code !== 0);
  assertStringIncludes(stderr, root);
});

Deno.test("tcp-chat-server -q: prints nothing but errors", async () => {
  using folder = new TempDir();
  const { root, data } = folders(folder);
  const address = ["-H", "127.0.0.1", "-p", "0", "-r", root, "--data", data];
  const args = ["-q", "--max-clients", "100", ...address];
  const { code, stdout, stderr } = await run("server", args, { input: "hello\nquit\n" });
  assertEquals([code, stdout, stderr], [0, "", ""]);
});
