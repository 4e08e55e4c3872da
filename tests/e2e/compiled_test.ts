import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { fromFileUrl } from "@std/path";
import config from "../../deno.json" with { type: "json" };
import { patternedBytes } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { type Command, run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { hasTerminal, Terminal } from "../helpers/terminal.ts";

const CONTENT = patternedBytes(3_000_000);
/** The oldest supported Deno. A server compiled with 2.7 cannot accept TLS. */
const MIN_TLS_VERSION = "2.9.5";
/** Output of the runtime about a missing permission or module. */
const RUNTIME_ERROR = /permission|NotCapable|denied|requests|--allow-|Module not found|error:/i;

const dist = new TempDir();
globalThis.addEventListener("unload", () => dist[Symbol.dispose]());

const compiled = await compile();
const ignore = compiled.runtimeMissing;
const compilerVersion = await readCompilerVersion();
const servesTls = isAtLeast(compilerVersion, MIN_TLS_VERSION);
if (ignore) {
  console.warn(`The compiled programs are NOT tested: there is no runtime.\n${compiled.stderr}`);
} else if (!servesTls) {
  console.warn(
    `The compiled programs are NOT tested over TLS: they are compiled with Deno ${compilerVersion},` +
      ` and a server with TLS needs ${MIN_TLS_VERSION} or newer.`,
  );
}

async function compile() {
  const script = fromFileUrl(new URL("../../scripts/compile.ts", import.meta.url));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "-P=build", script, "--output", dist.path],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stderr);
  return { success, stderr: text, runtimeMissing: text.includes("Deno downloads the runtime") };
}

/** The version of the Deno that `scripts/compile.ts` compiles with. */
async function readCompilerVersion(): Promise<string> {
  const deno = Deno.env.get("COMPILE_DENO") || Deno.execPath();
  const { stdout } = await new Deno.Command(deno, { args: ["--version"] }).output();
  return /^deno (\d+\.\d+\.\d+)/.exec(new TextDecoder().decode(stdout))?.[1] ?? "0.0.0";
}

/** Compares versions of three numbers. */
function isAtLeast(version: string, minimum: string): boolean {
  return version.localeCompare(minimum, "en", { numeric: true }) >= 0;
}

function executable(name: string): Command {
  return [dist.join(Deno.build.os === "windows" ? `${name}.exe` : name)];
}

const server = executable("tcp-chat-server");
const client = executable("tcp-chat");

/** Starts the compiled server in its own folder. */
async function setUp(args: readonly string[] = []) {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(new TempDir());
  folder.write("root/file.bin", CONTENT);
  const folders = { root: folder.join("root"), data: folder.join("data") };
  const running = stack.use(
    await ServerProgram.start(folders, args, { command: server, cwd: folder.path }),
  );
  const address = `127.0.0.1:${running.port}`;
  return { folder, server: running, address, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test({
  name: "compiled program: is one file, with a link that is the server",
  ignore,
  fn() {
    assert(compiled.success, compiled.stderr);
    assertEquals(dist.list().map((name) => name.replace(/\.exe$/, "")), [
      "tcp-chat",
      "tcp-chat-server",
    ]);
    assertEquals(Deno.realPathSync(server[0]!), Deno.realPathSync(client[0]!));
  },
});

Deno.test({
  name: "compiled programs: print their versions, and help in both languages",
  ignore,
  async fn() {
    assertEquals((await run(client, ["--version"])).stdout, `tcp-chat ${config.version}\n`);
    assertEquals((await run(server, ["--version"])).stdout, `tcp-chat-server ${config.version}\n`);
    assertMatch((await run(client, ["--help", "--lang", "pt-BR"])).stdout, /Exemplos:/);
    assertMatch((await run(server, ["--help"])).stdout, /Examples:/);
  },
});

Deno.test({
  name: "compiled server: has the cluster and the checks of doctor inside",
  ignore,
  async fn() {
    const status = await run(server, ["cluster", "status", "--cluster", "nats://127.0.0.1:1"]);
    assertEquals(status.code, 3);
    assertStringIncludes(status.stderr, "Cannot connect to NATS at nats://127.0.0.1:1");
    using folder = new TempDir();
    const folders = ["--root", folder.path, "--data", folder.join("data")];
    const doctor = await run(server, ["doctor", ...folders]);
    assertStringIncludes(doctor.stdout, "From another machine: ");
  },
});

Deno.test({
  name: "compiled client: serves by its command serve, threads included, and completes paths",
  ignore,
  async fn() {
    using folder = new TempDir();
    folder.write("root/file.bin", CONTENT);
    const folders = { root: folder.join("root"), data: folder.join("data") };
    const command: Command = [client[0]!, "serve"];
    await using server = await ServerProgram.start(folders, ["--no-console"], { command });
    const address = `127.0.0.1:${server.port}`;
    assertEquals((await run(client, ["get", address, "file.bin", "--stdout"])).bytes, CONTENT);
    const completed = await run(client, ["__complete", "bash", "f", `tcp-chat get ${address} f`]);
    assertEquals(completed.stdout, "=file.bin\n");
    server.kill("SIGTERM");
    assertEquals(await server.exitCode(), 0);
    assertNotMatch(server.stderr.text, RUNTIME_ERROR);
  },
});

Deno.test({
  name: "compiled server: has its page inside, and serves links",
  ignore,
  async fn() {
    await using fixture = await setUp();
    const url = `http://${fixture.address}`;
    assertMatch(await (await fetch(`${url}/`)).text(), /^<!DOCTYPE html>/);
    assertEquals((await (await fetch(`${url}/app.js`)).bytes()).length > 1_000, true);
    assertEquals(await (await fetch(`${url}/files/file.bin`)).bytes(), CONTENT);
    assertEquals(fixture.server.stderr.text, "");
  },
});

Deno.test({
  name: "compiled programs: fetch a file, without errors of the runtime",
  ignore,
  async fn() {
    await using fixture = await setUp();
    const result = await run(client, ["get", fixture.address, "file.bin"], {
      cwd: fixture.folder.path,
    });
    assertEquals([result.code, result.stderr], [0, ""]);
    assertMatch(result.stdout, /SHA-256 verified/);
    assertEquals(Deno.readFileSync(fixture.folder.join("client_downloads/file.bin")), CONTENT);
    await fixture.server.stdout.waitFor("client 1 got file.bin: 3 MB");
    await fixture.server.write("quit\n");
    assertEquals(await fixture.server.exitCode(), 0);
    assertNotMatch(fixture.server.stdout.text + fixture.server.stderr.text, RUNTIME_ERROR);
  },
});

Deno.test({
  name: "compiled programs: fetch a file over TLS",
  ignore: ignore || !servesTls,
  async fn() {
    await using fixture = await setUp(["--tls", "--json"]);
    const { fingerprint } = await fixture.server.stdout.waitForEvent("listening");
    const args = ["get", fixture.address, "file.bin", "--fingerprint", String(fingerprint)];
    const result = await run(client, args, {
      cwd: fixture.folder.path,
      env: { XDG_CONFIG_HOME: fixture.folder.join("config") },
    });
    assertEquals([result.code, result.stderr], [0, ""]);
    assertMatch(result.stdout, /SHA-256 verified/);
    assertEquals(Deno.readFileSync(fixture.folder.join("client_downloads/file.bin")), CONTENT);
    await fixture.server.write("quit\n");
    assertEquals(await fixture.server.exitCode(), 0);
    assertNotMatch(fixture.server.stdout.text + fixture.server.stderr.text, RUNTIME_ERROR);
  },
});

Deno.test({
  name: "compiled programs: chat both ways, without errors of the runtime",
  ignore,
  async fn() {
    await using fixture = await setUp();
    const received = Promise.withResolvers<string>();
    await using _listener = await TestClient.connect(fixture.server.port, {
      onChat: received.resolve,
    });
    await fixture.server.stdout.waitFor("client 1 connected");
    const result = await run(client, ["say", fixture.address, "olá"]);
    assertEquals([result.code, result.stderr], [0, ""]);
    assertEquals(await received.promise, "[guest-2]: olá");
    const script = "chat from a script\nfile file.bin\n";
    const address = ["127.0.0.1", String(fixture.server.port)];
    const scripted = await run(client, address, { cwd: fixture.folder.path, input: script });
    assertEquals([scripted.code, scripted.stderr], [0, ""]);
    await fixture.server.stdout.waitFor("]: from a script");
  },
});

Deno.test({
  name: "compiled server: creates and uses its default folders",
  ignore,
  async fn() {
    using folder = new TempDir();
    const options = { cwd: folder.path, env: { XDG_STATE_HOME: folder.join("state") } };
    const { code, stdout, stderr } = await run(server, ["-p", "0"], {
      ...options,
      input: "quit\n",
    });
    assertEquals([code, stderr], [0, ""]);
    assertNotMatch(stdout, RUNTIME_ERROR);
    assertEquals(folder.list(), ["server_files", "state"]);
    const [data] = folder.list("state/tcp-chat/servers");
    assert(folder.list(`state/tcp-chat/servers/${data}`).includes("tcp-chat.db"));
  },
});

Deno.test({
  name: "compiled client: chats and quits in a terminal, without prompts of the runtime",
  ignore: ignore || !hasTerminal(),
  async fn() {
    await using fixture = await setUp();
    await using terminal = new Terminal(client, []);
    await terminal.endsWith("Server [localhost]:");
    await terminal.enter(fixture.address);
    await terminal.endsWith("[lobby] >");
    await terminal.enter("chat typed");
    await fixture.server.stdout.waitFor("typed");
    await terminal.enter("quit");
    assertEquals(await terminal.exitCode(), 0);
    await terminal.shows("terminal-restored");
    assertNotMatch(terminal.written, RUNTIME_ERROR);
  },
});
