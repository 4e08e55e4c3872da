import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SHELLS } from "../../lib/cli/options/completion_scripts.ts";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { programCommand, run, ServerProgram } from "../helpers/program.ts";
import { needing } from "../helpers/shell_session.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { hasTerminal, Terminal } from "../helpers/terminal.ts";

class Fixture implements AsyncDisposable {
  readonly #folder = new TempDir();
  readonly env = {
    XDG_STATE_HOME: this.#folder.join("state"),
    XDG_CONFIG_HOME: this.#folder.join("config"),
  };
  #server: ServerProgram | null = null;

  get address(): string {
    return `127.0.0.1:${this.#server!.port}`;
  }

  get knownHosts(): string {
    return this.#folder.join("config/tcp-chat/known_hosts");
  }

  get log(): string {
    return this.#server!.stdout.text;
  }

  join(path: string): string {
    return this.#folder.join(path);
  }

  async start(...args: string[]): Promise<void> {
    const folders = { root: this.join("root"), data: this.join("data") };
    Deno.mkdirSync(`${folders.root}/docs/deep`, { recursive: true });
    Deno.writeTextFileSync(`${folders.root}/docs/a b.txt`, "x");
    this.#server = await ServerProgram.start(folders, ["-u", "--no-console", ...args]);
  }

  /** The candidates for a line, whose last word is completed. */
  async complete(line: string, env: Record<string, string> = {}): Promise<string[]> {
    const words = line.split(" ");
    const args = ["__complete", "fish", `=${words.pop()}`, ...words];
    const all = { ...this.env, ...env };
    const { code, stdout, stderr } = await run("client", args, { env: all });
    assertEquals([code, stderr], [0, ""], line);
    return stdout.split("\n").filter((text) => text !== "").map((text) => text.split("\t")[0]!);
  }

  /**
   * Asserts the candidates for a line. A shell waits one second for them, in which a busy machine may not
   * connect: it is asked again.
   */
  async assertOffers(line: string, expected: readonly string[]): Promise<void> {
    const giveUpMs = performance.now() + DEADLINE_MS;
    let offered = await this.complete(line);
    while (offered.length === 0 && performance.now() < giveUpMs) {
      offered = await this.complete(line);
    }
    assertEquals(offered, expected, line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

Deno.test("__complete: offers paths on the server, and hosts that are known", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  const { address } = fixture;
  await fixture.assertOffers(`get ${address} d`, ["=docs/"]);
  await fixture.assertOffers(`get ${address} docs/`, ["=docs/a b.txt", "=docs/deep/"]);
  await fixture.assertOffers(`ls ${address} docs/`, ["=docs/deep/"]);
  await fixture.assertOffers(`put ${address} x --to do`, ["=docs/"]);
  await fixture.assertOffers(`get tcp-chat://${address} --json d`, ["=docs/"]);
  await fixture.assertOffers("get 127", [`=${address}`]);
});

Deno.test("__complete: offers the nicks and rooms of the server", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  const env = { LANG: "C", ...fixture.env };
  const [program, ...args] = programCommand("client");
  const child = new Deno.Command(program, {
    args: [...args, "listen", fixture.address, "--nick", "ana", "--room", "ops"],
    env,
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    let nicks: string[] = [];
    // Each look is a connection of its own: the listener is there once its nick is
    for (let look = 0; look < 20 && !nicks.includes("=ana"); look++) {
      nicks = await fixture.complete(`say ${fixture.address} --to a`);
    }
    assertEquals(nicks, ["=ana"]);
    await fixture.assertOffers(`listen ${fixture.address} --room o`, ["=ops"]);
  } finally {
    child.kill();
    await child.status;
  }
});

Deno.test("__complete: connects to no server when told so, or when a password would be asked for", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  const { address } = fixture;
  const off = { TCP_CHAT_COMPLETE_REMOTE: "0" };
  assertEquals(await fixture.complete(`get ${address} d`, off), []);
  assertEquals(await fixture.complete(`get --user ana ${address} d`), []);
  assertEquals(await fixture.complete(`get ${address} --user=ana d`), []);
  assertEquals(await fixture.complete(`get tcp-chat://ana@${address} d`), []);
  assertEquals(await fixture.complete(`get ${address} d`, { TCP_CHAT_USER: "ana" }), []);
  assert(!fixture.log.includes("client 1"), fixture.log);
});

Deno.test({
  name: "__complete: asks for no password, not even at a terminal",
  ignore: !hasTerminal(),
  async fn() {
    await using fixture = new Fixture();
    await fixture.start();
    const args = ["__complete", "fish", "=d", "get", "--user", "ana", fixture.address];
    await using terminal = new Terminal("client", args, { env: fixture.env });
    assertEquals(await terminal.exitCode(), 0);
    assertEquals(terminal.lines.filter((line) => line !== ""), ["terminal-restored"]);
  },
});

Deno.test("__complete: trusts no unknown server, not even with --trust", async () => {
  await using fixture = new Fixture();
  await fixture.start("--tls");
  const { address } = fixture;
  assertEquals(await fixture.complete(`get ${address} --trust d`), []);
  assertEquals(await fixture.complete(`get ${address} --tls d`), []);
  const exists = await Deno.stat(fixture.knownHosts).then(() => true, () => false);
  assertEquals(exists, false);
  const trusted = await run("client", ["ls", address, "--trust"], { env: fixture.env });
  assertEquals(trusted.code, 0, trusted.stderr);
  await fixture.assertOffers(`get ${address} d`, ["=docs/"]);
});

Deno.test("__complete: gives up on a server that does not answer", async () => {
  await using fixture = new Fixture();
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  const startMs = performance.now();
  assertEquals(await fixture.complete(`get 127.0.0.1:${port} d`), []);
  assert(performance.now() - startMs < 8_000);
});

Deno.test("__complete: answers bad lines with nothing", async () => {
  await using fixture = new Fixture();
  for (const line of ["get ::: d", "get h --jobs many --sha256 d", "get --nothing h d", "x y z "]) {
    assertEquals(await fixture.complete(line), [], line);
  }
  for (const args of [[], ["tcsh"], ["bash"], ["fish"]]) {
    const { code, stderr } = await run("client", ["__complete", ...args]);
    assertEquals([code, stderr], [0, ""]);
  }
});

for (const program of ["client", "server"] as const) {
  Deno.test(`completions: prints the script of each shell, by the ${program}`, async () => {
    for (const shell of SHELLS) {
      const { code, stdout } = await run(program, ["completions", shell]);
      assertEquals(code, 0);
      assertStringIncludes(stdout, "__complete");
    }
    const { code, stderr } = await run(program, ["completions", "tcsh"]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "Give one of bash, zsh, fish, powershell, not tcsh");
    const none = await run(program, ["completions"]);
    assertStringIncludes(none.stderr, "Give one of bash, zsh, fish, powershell\n");
  });
}

Deno.test("__complete: completes lines of the server's program", async () => {
  const { stdout } = await run("server", ["__complete", "fish", "=us"]);
  assertStringIncludes(stdout, "=user\t");
});

Deno.test({
  name: "completions bash: prints a script without findings of shellcheck",
  ...needing("shellcheck"),
  async fn() {
    using folder = new TempDir();
    const path = folder.join("script");
    Deno.writeTextFileSync(path, (await run("client", ["completions", "bash"])).stdout);
    const { code, stdout } = await run(["/usr/bin/shellcheck", "-s", "bash"], [path]);
    assertEquals([code, stdout], [0, ""]);
  },
});
