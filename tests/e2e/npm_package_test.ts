import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import config from "../../deno.json" with { type: "json" };
import { packageJson } from "../../scripts/pack_npm.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { type Command, run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(3_000_000);
const isWindows = Deno.build.os === "windows";
const NPM: Command = [isWindows ? "npm.cmd" : "npm"];

const folder = new TempDir();
globalThis.addEventListener("unload", () => folder[Symbol.dispose]());
const installed = folder.join("a folder");
await install();

const client = bin("tcp-chat");
const server = bin("tcp-chat-server");
const SERVE: Command = [client[0]!, ...client.slice(1), "serve"];

/** Makes the package and its tarball, and installs that with Deno from npm or its cache. */
async function install(): Promise<void> {
  const made = folder.join("package");
  const script = fromFileUrl(new URL("../../scripts/pack_npm.ts", import.meta.url));
  const pack = ["run", "-q", "--no-prompt", "-P=build", script, "--output", made];
  await succeed([Deno.execPath()], pack);
  await succeed(NPM, ["pack", made, "--pack-destination", folder.path]);
  Deno.mkdirSync(installed);
  const tarball = folder.join(`tcp-chat-${config.version}.tgz`);
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  await succeed(NPM, ["install", "--prefix", installed, ...options, tarball]);
}

async function succeed(command: Command, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(command, args, { cwd: folder.path });
  assertEquals(code, 0, stderr);
}

/** The command of an installed program. */
function bin(name: string): Command {
  const modules = `${installed}/node_modules`;
  return isWindows ? ["node", `${modules}/tcp-chat/bin/${name}.mjs`] : [`${modules}/.bin/${name}`];
}

/** Starts a server of the package in its own folder. Disposal ends it by its console. */
async function serve(args: readonly string[] = [], command: Command = SERVE) {
  const stack = new AsyncDisposableStack();
  const root = stack.use(new TempDir());
  root.write("root/file.bin", CONTENT);
  const folders = { root: root.join("root"), data: root.join("data") };
  const program = stack.use(
    await ServerProgram.start(folders, args, { command, cwd: installed }),
  );
  stack.defer(async () => {
    await program.write("quit\n").catch(() => {}); // It has ended already
    await program.exitCode(); // The end of its launcher alone would not be that of the server
  });
  const address = `127.0.0.1:${program.port}`;
  return { root, program, address, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("npm package: has the version of deno.json, and depends on one Deno, without scripts", () => {
  const { version, optionalDependencies, ...others } = JSON.parse(packageJson("2.9.6"));
  assertEquals(version, config.version);
  assertEquals(new Set(Object.values(optionalDependencies)), new Set(["2.9.6"]));
  assertEquals(["dependencies" in others, "scripts" in others], [false, false]);
});

Deno.test("npm package: prints versions, and help in both languages", async () => {
  assertEquals((await run(client, ["--version"])).stdout, `tcp-chat ${config.version}\n`);
  assertEquals((await run(server, ["--version"])).stdout, `tcp-chat-server ${config.version}\n`);
  const help = await run(client, ["serve", "--help", "--lang", "pt-BR"]);
  assertMatch(help.stdout, /^tcp-chat serve .*[^]*Exemplos:/);
});

Deno.test("npm package: has the cluster and the checks of doctor inside", async () => {
  const status = await run(server, ["cluster", "status", "--cluster", "nats://127.0.0.1:1"]);
  assertEquals(status.code, 3);
  assertStringIncludes(status.stderr, "Cannot connect to NATS at nats://127.0.0.1:1");
  using folder = new TempDir();
  const doctor = await run(server, [
    "doctor",
    "--root",
    folder.path,
    "--data",
    folder.join("data"),
  ]);
  assertStringIncludes(doctor.stdout, "From another machine: ");
});

Deno.test("npm package: moves files both ways over TLS by its threads, and exits with 4 for none", async () => {
  await using fixture = await serve(["--tls", "--json", "-u"]);
  const { address, root } = fixture;
  const { fingerprint } = await fixture.program.stdout.waitForEvent("listening");
  const env = { XDG_CONFIG_HOME: root.join("config"), XDG_STATE_HOME: root.join("state") };
  const trust = ["--fingerprint", String(fingerprint)];
  const got = await run(client, ["get", address, "file.bin", "-o", root.join("a b"), ...trust], {
    env,
  });
  assertEquals([got.code, got.stderr], [0, ""]);
  assertStringIncludes(got.stdout, "SHA-256 verified");
  assertEquals(Deno.readFileSync(root.join("a b/file.bin")), CONTENT);
  const put = await run(client, ["put", address, root.join("a b"), ...trust], { env });
  assertEquals([put.code, put.stderr], [0, ""]);
  assertEquals(Deno.readFileSync(root.join("root/a b/file.bin")), CONTENT);
  assertEquals((await run(client, ["get", address, "none", ...trust], { env })).code, 4);
  assertEquals(fixture.program.stderr.text, "");
});

Deno.test("npm package: has the page inside, and takes the interactive client's lines from a pipe", async () => {
  await using fixture = await serve();
  const page = await (await fetch(`http://${fixture.address}/`)).text();
  assertMatch(page, /^<!DOCTYPE html>/);
  const scripted = await run(client, [fixture.address], {
    input: "chat from a script\nquit\n",
    env: { XDG_STATE_HOME: fixture.root.join("state") },
  });
  assertEquals([scripted.code, scripted.stderr], [0, ""]);
  await fixture.program.stdout.waitFor("]: from a script");
  await fixture.program.write("quit\n");
  assertEquals(await fixture.program.exitCode(), 0);
});

Deno.test({
  name: "npm package: passes SIGTERM on, after which the server ends with 0",
  ignore: isWindows,
  async fn() {
    for (const command of [server, SERVE]) {
      await using fixture = await serve([], command);
      assertStringIncludes(fixture.program.stdout.text, "\n  tcp-chat ");
      fixture.program.kill("SIGTERM");
      assertEquals(await fixture.program.exitCode(), 0);
      assertStringIncludes(fixture.program.stdout.text, "stopped");
    }
  },
});

Deno.test({
  name: "npx tcp-chat serve: tells others to type npx, and stops at SIGTERM",
  ignore: isWindows,
  async fn() {
    await using fixture = await serve([], ["npx", "--offline", "tcp-chat", "serve"]);
    await fixture.program.stdout.waitFor(/\n {2}npx tcp-chat \S+/);
    fixture.program.kill("SIGTERM");
    await fixture.program.exitCode(); // Of npm: what matters is that the server has ended, too
    assertStringIncludes(fixture.program.stdout.text, "stopped");
  },
});

Deno.test({
  name: "npm package: starts the Deno of TCP_CHAT_DENO, and ends as the signal that ended it",
  ignore: isWindows,
  async fn() {
    const script = folder.write("deno that dies", '#!/bin/sh\nprintf "%s " "$@"\nkill -KILL $$\n');
    Deno.chmodSync(script, 0o755);
    const env = { TCP_CHAT_DENO: script };
    const { code, stdout } = await run(client, ["--a", "b c"], { env });
    assertEquals(code, 137);
    assertMatch(stdout, /^run -q --no-prompt .*--allow-net .*client\.js --a b c $/);
    assert(!stdout.includes("-A "));
  },
});

Deno.test("npm package: says what to do where there is no Deno for the system", async () => {
  const alone = folder.join("package/bin/tcp-chat.mjs"); // No packages beside it
  const english = await run(["node", alone], ["--version"]);
  assertEquals([english.code, english.stdout], [1, ""]);
  assertMatch(english.stderr, /^tcp-chat: There is no Deno for this system \(\w+ \w+\): .*\n$/);
  const env = { TCP_CHAT_DENO: folder.join("none"), LANG: "pt_BR.UTF-8" };
  const portuguese = await run(["node", alone], ["--version"], { env });
  assertEquals([portuguese.code, portuguese.stdout], [1, ""]);
  assertMatch(portuguese.stderr, /^tcp-chat: Não há Deno .*TCP_CHAT_DENO.*\n$/);
});
