/** Results that nothing reads for longer than a silent connection lasts. */
import { assert, assertEquals } from "@std/assert";
import { Program, programCommand } from "../helpers/program.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** The server checks once a second: an answer to PING has to count at the next check. */
const LIMITS = { pingAfterMs: 1_200, silenceMs: 2_400 };
/** While the system takes bytes for a program that is stopped, silence may last three times as long. */
const SILENCES = 4;
/** Results of all of them are more than the client keeps and a pipe holds. */
const NAMES = Array.from({ length: 3_000 }, (_, i) => `many/${i}-${"n".repeat(100)}`);
const STATS = 1_500;
const NOTICES = 150;

/** The client, whose output, or another stream, is read once a line comes on standard input. */
function unread(args: readonly string[], redirection = ""): Program {
  const script = `exec 3<&0
    { "$0" "$@" </dev/null ${redirection}; echo "exit $?" >&2; } | { read go <&3; cat; }`;
  return new Program(["sh", "-c", script, ...programCommand("client"), ...args], []);
}

/** Resolves once clients that never answer have been disconnected, one after the other. */
async function passSilences(server: TestServer): Promise<void> {
  for (let i = 0; i < SILENCES; i++) {
    using silent = await Protocol2Peer.connect(server.port);
    await silent.raw.readToEnd();
  }
  await server.waitFor("disconnected", () => server.eventsOf("disconnected").length >= SILENCES);
}

Deno.test({
  name:
    "get, listen, ls, stat: keep their connections while nothing reads their output, and lose no line",
  ignore: Deno.build.os === "windows",
  async fn() {
    const files = Object.fromEntries(NAMES.map((name) => [name, name]));
    await using server = await startServer({ limits: LIMITS }, files);
    using folder = new TempDir();
    await using stack = new AsyncDisposableStack();
    const address = `127.0.0.1:${server.port}`;
    const listener = stack.use(unread(["listen", address]));
    const lister = stack.use(unread(["ls", address, "many"]));
    const status = stack.use(unread(["stat", address, ...NAMES.slice(0, STATS)]));
    const getter = stack.use(unread(["get", address, "many", "-o", folder.path]));
    stack.defer(() => server.server.stop()); // Ends them, also those whose output is not read
    await server.waitFor("download");
    await server.waitFor("hello", () => server.eventsOf("hello").length >= 4);
    for (let i = 0; i < NOTICES; i++) server.server.announce(`${i} ${"x".repeat(4_000)}`);
    await passSilences(server);
    assertEquals(server.eventsOf("disconnected").length, SILENCES); // The silent ones alone
    const fetched = server.eventsOf("download").length;
    assert(fetched < NAMES.length, "further files wait for the results");

    await listener.write("go\n");
    await listener.stdout.waitFor(/: 149 x+\n/);
    const numbers = listener.stdout.lines.map((line) => Number(/: (\d+) /.exec(line)?.[1]));
    assertEquals(numbers, Array.from({ length: NOTICES }, (_, i) => i));
    const lines = [[lister, NAMES.length], [getter, NAMES.length], [status, 4 * STATS]] as const;
    for (const [program, count] of lines) {
      await program.write("go\n");
      await program.stderr.waitFor("exit ");
      assertEquals(program.stderr.text, "exit 0\n");
      await program.stdout.ended();
      assertEquals(program.stdout.lines.length, count);
    }
    assertEquals(folder.list("many").length, NAMES.length);
  },
});

Deno.test({
  name: "stat: ends, and says goodbye, though nothing reads its standard error",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await startServer();
    await using stack = new AsyncDisposableStack();
    const args = ["stat", `127.0.0.1:${server.port}`, ...NAMES]; // None is there
    const program = stack.use(unread(args, "2>&1 >/dev/null"));
    stack.defer(() => server.server.stop());
    await program.stderr.waitFor("exit 4\n");
    const { reason } = await server.waitFor("disconnected");
    assertEquals(reason, "quit");
  },
});
