import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { patternedBytes } from "../helpers/bytes.ts";
import { issue } from "../helpers/certificates.ts";
import { Program, run, ServerProgram } from "../helpers/program.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(300_000);

/** A server program with a file, and a client with its own configuration folder. */
class Fixture implements AsyncDisposable {
  readonly folder = new TempDir();
  #server: ServerProgram | null = null;

  get server(): ServerProgram {
    if (this.#server === null) throw new Error("The server is not started");
    return this.#server;
  }

  /** Stops a running server, and starts a new server. */
  async start(args: readonly string[] = ["--tls"]): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.folder.write("root/file.bin", CONTENT);
    const folders = { root: join(this.folder.path, "root"), data: join(this.folder.path, "data") };
    this.#server = await ServerProgram.start(folders, ["-u", "--json", "--no-console", ...args]);
  }

  /** The fingerprint that the server prints. */
  async fingerprint(): Promise<string> {
    const { fingerprint } = await this.server.stdout.waitForEvent("listening");
    return String(fingerprint);
  }

  client(command: string, ...args: string[]) {
    const [first = "", ...rest] = args;
    const address = `127.0.0.1:${this.server.port}`;
    return run("client", [command, address, first, ...rest].filter((arg) => arg !== ""), {
      cwd: this.folder.path,
      env: { XDG_CONFIG_HOME: join(this.folder.path, "config") },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }
}

Deno.test("tcp-chat-server --tls: transfers files both ways with clients that trust its fingerprint", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  const fingerprint = await fixture.fingerprint();
  assertMatch(fingerprint, /^[0-9a-f]{64}$/);

  const unknown = await fixture.client("get", "file.bin", "--tls"); // Not logged as refused
  assertEquals([unknown.code, unknown.stdout], [6, ""]);
  assertStringIncludes(unknown.stderr, fingerprint);

  const first = await fixture.client("get", "file.bin", "--fingerprint", fingerprint);
  assertEquals([first.code, first.stderr], [0, ""]);
  assertEquals(fixture.server.stdout.text.includes("refused"), false);
  const again = await fixture.client("get", "file.bin", "--tls", "--replace");
  assertMatch(again.stdout, /already there/);
  const put = await fixture.client("put", "client_downloads/file.bin", "--tls", "--to", "up");
  assertEquals([put.code, put.stderr], [0, ""]);
  assertEquals(Deno.readFileSync(join(fixture.folder.path, "root/up/file.bin")), CONTENT);
  const { mode } = Deno.statSync(join(fixture.folder.path, "data/tls-key.pem"));
  assertEquals((mode ?? 0) & 0o777, 0o600);
});

Deno.test("tcp-chat-server --tls: keeps its key after a restart; clients exit with 6 for another key", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  const old = await fixture.fingerprint();
  const port = String(fixture.server.port);
  assertEquals((await fixture.client("stat", "file.bin", "--trust")).code, 0);

  await fixture.start(["--tls", "-p", port]);
  assertEquals(await fixture.fingerprint(), old);
  assertEquals((await fixture.client("stat", "file.bin", "--tls")).code, 0);

  Deno.removeSync(join(fixture.folder.path, "data"), { recursive: true });
  await fixture.start(["--tls", "-p", port]);
  const changed = await fixture.client("stat", "file.bin", "--trust");
  assertEquals([changed.code, changed.stdout], [6, ""]);
  assertStringIncludes(changed.stderr, old);
  assertStringIncludes(changed.stderr, await fixture.fingerprint());
});

Deno.test("tcp-chat: exits with 3 and the reason if only the client or only the server uses TLS", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  for (const protocol of ["1", "2", "auto"]) {
    const { code, stderr } = await fixture.client("get", "file.bin", "--protocol", protocol);
    assertEquals(code, 3);
    const expected = /^(tcp-chat: The server speaks TLS only|file\.bin: This server needs TLS)$/m;
    assertMatch(stderr, expected);
    assertStringIncludes(stderr, "\nConnect with --tls.\n");
  }
  const refused = await fixture.server.stdout.waitForEvent("refused");
  assertEquals([refused.client, refused.address, refused.code], [null, "127.0.0.1", "tls-needed"]);

  using original = await RawPeer.connect(fixture.server.port);
  await original.sendFrame("FILE", "file.bin");
  const { payload } = await original.expect("FERR");
  assertEquals(new TextDecoder().decode(payload), "This server needs TLS");

  await fixture.start([]);
  const { code, stderr } = await fixture.client("get", "file.bin", "--trust");
  assertEquals(code, 3);
  assertStringIncludes(stderr, "the server does not speak TLS");
});

Deno.test("tcp-chat: speaks TLS without --tls to a server that is known, and in the clear with --no-tls", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  const port = String(fixture.server.port);
  assertEquals((await fixture.client("stat", "file.bin", "--trust")).code, 0);
  assertEquals((await fixture.client("stat", "file.bin")).code, 0);
  await fixture.start(["-p", port]); // Another server may listen there now: nothing is sent to it
  const { code, stderr } = await fixture.client("stat", "file.bin");
  assertEquals(code, 3);
  assertStringIncludes(stderr, "the server does not speak TLS");
  assertStringIncludes(stderr, "--no-tls");
  assertEquals((await fixture.client("stat", "file.bin", "--no-tls")).code, 0);
});

Deno.test("tcp-chat --tls: keeps no key without a home folder, and says so", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  const fingerprint = await fixture.fingerprint();
  const address = `127.0.0.1:${fixture.server.port}`;
  using away = new TempDir();
  const stat = (env: Record<string, string>, ...args: string[]) =>
    run("client", ["stat", address, "file.bin", ...args], {
      cwd: away.path,
      env: { HOME: "", USERPROFILE: "", XDG_STATE_HOME: "", XDG_CONFIG_HOME: "", ...env },
    });
  const note = "tcp-chat: Neither HOME (on Windows USERPROFILE) nor XDG_CONFIG_HOME names a folder";
  const relative = { USERPROFILE: ".", XDG_STATE_HOME: ".", XDG_CONFIG_HOME: "config" };
  for (const env of [{}, relative]) {
    for (const args of [["--trust"], ["--fingerprint", fingerprint]]) {
      const { code, stderr } = await stat(env, ...args);
      assertEquals(code, 0);
      assertStringIncludes(stderr, note);
    }
    assertEquals((await stat(env, "--tls")).code, 6); // It is unknown again
    assertEquals(away.list(), []);
  }
  const profile = { USERPROFILE: away.join("profile") };
  const kept = await stat(profile, "--trust");
  assertEquals([kept.code, kept.stderr], [0, ""]);
  assertEquals((await stat(profile, "--tls")).code, 0);
  assertEquals(away.list("profile/.config/tcp-chat").includes("known_hosts"), true);
});

/** The command that a text advises, for this machine. */
function advisedCommand(text: string): string[] {
  const [command] = /openssl req .*/.exec(text) ?? [];
  assert(command !== undefined, text);
  return command.replaceAll("NAME", "localhost").split(" ");
}

async function openssl(cwd: string, [program = "", ...args]: readonly string[]): Promise<void> {
  const output = await new Deno.Command(program, { args, cwd }).output();
  assert(output.success, new TextDecoder().decode(output.stderr));
}

Deno.test({
  name:
    "tcp-chat-server --tls-cert: names what is wrong with a certificate, and a command that helps",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using folder = new TempDir();
    const usual =
      "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=a";
    const nameless = `${usual} -addext basicConstraints=critical,CA:FALSE`;
    const args = ["--tls-cert", "cert.pem", "--tls-key", "key.pem", "--data", "data", "-p", "0"];
    let advice: string[] = [];
    for (const [made, problem] of [[usual, "CA:TRUE"], [nameless, "names no server"]] as const) {
      await openssl(folder.path, made.split(" "));
      const { code, stderr } = await run("server", args, { cwd: folder.path });
      assertEquals(code, 2);
      assertStringIncludes(stderr, problem);
      advice = advisedCommand(stderr);
    }
    await openssl(folder.path, advice);
    await using server = new Program("server", [...args, "--json"], { cwd: folder.path });
    const { port, fingerprint } = await server.stdout.waitForEvent("listening");
    const client = ["ls", `localhost:${port}`, "--fingerprint", String(fingerprint)];
    const env = { XDG_CONFIG_HOME: folder.join("config") };
    assertEquals((await run("client", client, { cwd: folder.path, env })).code, 0);
  },
});

Deno.test("tcp-chat --tls: names what is wrong with a server's certificate, and a command that helps", async () => {
  const cases = [
    [await issue({ isAuthority: true }), "CA:TRUE"],
    [await issue({ names: [] }), "names no server"],
    [await issue({ issuer: await issue({ subject: "CN=hidden", isAuthority: true }) }), "chain"],
  ] as const;
  using folder = new TempDir();
  for (const [{ certificate, key }, problem] of cases) {
    using listener = Deno.listenTls({ port: 0, cert: certificate, key });
    const shaken = Array.fromAsync(listener, async (conn) => {
      await conn.handshake().catch(() => {});
      conn.close();
    }).catch(() => {});
    const { port } = listener.addr as Deno.NetAddr;
    const args = ["ls", `localhost:${port}`, "--trust"];
    const env = { XDG_CONFIG_HOME: folder.join("config") };
    const { code, stderr } = await run("client", args, { cwd: folder.path, env });
    assertEquals(code, 6, stderr);
    assertStringIncludes(stderr, problem);
    assertEquals(advisedCommand(stderr)[0], "openssl");
    listener.close();
    await shaken;
  }
});

const USAGE_ERRORS: Array<[command: "server" | "client", args: string[], text: string]> = [
  ["server", ["--tls-cert", "cert.pem"], "--tls-cert and --tls-key must be given together"],
  ["client", ["get", "localhost", "x", "--fingerprint", "12:34"], "64 hexadecimal digits"],
  ["client", ["ls", "localhost", "--no-tls", "--trust"], "--no-tls cannot be combined"],
];

for (const [command, args, text] of USAGE_ERRORS) {
  const name = command === "server" ? "tcp-chat-server" : "tcp-chat";
  Deno.test(`${name}: exits with 2 for ${args.join(" ")}`, async () => {
    const { code, stderr } = await run(command, args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, text);
  });
}
