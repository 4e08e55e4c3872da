import { assertEquals, assertStringIncludes } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { PATIENCE } from "../helpers/deadline.ts";
import { environment, programCommand } from "../helpers/program.ts";
import { Proxy } from "../helpers/proxy.ts";
import { longLine } from "../helpers/proxy_taps.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** 2 s of round trip, and 5 % of the segments late by another second. */
const LINE = { oneWayMs: 1_000, lateShare: 0.05, lateMs: 1_000 };
/** How long a command may take: a login of TLS and of the account, a few requests, the leave. */
const COMMAND_MS = 60_000 * PATIENCE;
const CONTENT = patternedBytes(300_000);

/** A command of the client's program over the slow line. */
interface Case {
  readonly args: (address: string, port: string) => string[];
  readonly input?: string;
  /** Output after which the command is interrupted. */
  readonly until?: string;
  readonly output: string;
}

const CASES: Readonly<Record<string, Case>> = {
  get: { args: (address) => ["get", address, "big.bin"], output: "SHA-256 verified" },
  put: { args: (address) => ["put", address, "mine.bin"], output: "SHA-256 verified" },
  ls: { args: (address) => ["ls", address], output: "big.bin" },
  stat: { args: (address) => ["stat", address, "big.bin"], output: "big.bin" },
  say: { args: (address) => ["say", address, "hello"], output: "" },
  listen: {
    args: (address) => ["listen", address, "--history", "9"],
    until: "first words",
    output: "first words",
  },
  interactive: {
    args: (_address, port) => ["127.0.0.1", port],
    input: "chat typed\nfile big.bin\n",
    output: "SHA-256 verified",
  },
};

/** Runs a command in a folder of its own, without a memory of servers. */
async function runCommand({ args, input = "", until, output }: Case, port: number, tls: string[]) {
  using folder = new TempDir();
  folder.write("mine.bin", CONTENT);
  const [path, ...first] = programCommand("client");
  await using child = new Deno.Command(path, {
    args: [...first, ...args(`127.0.0.1:${port}`, `${port}`), ...tls],
    env: environment({ XDG_STATE_HOME: folder.path, XDG_CONFIG_HOME: folder.path }),
    clearEnv: true,
    cwd: folder.path,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), COMMAND_MS);
  await new Blob([input]).stream().pipeTo(child.stdin);
  const errors = new Response(child.stderr).text();
  let text = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (until !== undefined && text.includes(until)) child.kill("SIGINT");
  }
  const { code } = await child.status;
  clearTimeout(timer);
  assertEquals({ code, stderr: await errors }, { code: until ? 130 : 0, stderr: "" }, text);
  assertStringIncludes(text, output);
}

/** Runs all commands at once, each over a line of its own. */
async function runAll(isTls: boolean): Promise<void> {
  using folder = new TempDir();
  await using server = await startServer({
    uploads: true,
    ...(isTls && { tls: "own" as const, dataDirectory: `${folder.path}/data` }),
  }, { "big.bin": CONTENT });
  const { fingerprint } = server.eventsOf("listening")[0]!;
  const tls = fingerprint === undefined ? [] : ["--fingerprint", fingerprint];
  await runCommand(
    { ...CASES.say!, args: (address) => ["say", address, "first words"] },
    server.port,
    tls,
  );
  const proxies = new AsyncDisposableStack();
  await using _ = proxies;
  await Promise.all(
    Object.values(CASES).map(async (command, index) => {
      const tap = longLine({ ...LINE, seed: index });
      const proxy = proxies.use(await Proxy.start(server.port, [tap]));
      await runCommand(command, proxy.port, tls);
    }),
  );
  const said = server.eventsOf("chat").map(({ text }) => text);
  assertEquals(said.toSorted(), ["first words", "hello", "typed"]);
  assertEquals(Deno.readFileSync(server.root.join("mine.bin")), CONTENT);
}

Deno.test("client: every command works over a line of 2 s with late segments, plain and by TLS", async () => {
  await Promise.all([runAll(false), runAll(true)]); // They only wait
});
