/** Results that nothing reads for longer than a silent connection lasts. */
import { assertEquals } from "@std/assert";
import { Program, programCommand } from "../helpers/program.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** The server checks once a second: an answer to PING has to count at the next check. */
const LIMITS = { pingAfterMs: 1_200, silenceMs: 2_400 };
/** While the system takes bytes for a program that is stopped, silence may last three times as long. */
const SILENCES = 4;

/** The client, whose output is read once a line comes on standard input. */
function unread(args: readonly string[]): Program {
  const script = `exec 3<&0
    { "$0" "$@" </dev/null; echo "exit $?" >&2; } | { read go <&3; cat; }`;
  return new Program(["sh", "-c", script, ...programCommand("client"), ...args], []);
}

/** Resolves once clients that never answer have been disconnected, one after the other. */
async function passSilences(server: TestServer): Promise<void> {
  for (let i = 0; i < SILENCES; i++) {
    using silent = await Protocol2Peer.connect(server.port);
    await silent.raw.readToEnd();
  }
}

Deno.test({
  name: "listen, ls: keep their connection while nothing reads their output, and lose no line",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const names = Array.from({ length: 6_000 }, (_, i) => `${i}-${"n".repeat(100)}`);
    const files = Object.fromEntries(names.map((name) => [name, ""]));
    await using server = await startServer({ limits: LIMITS }, files);
    await using stack = new AsyncDisposableStack();
    const listener = stack.use(unread(["listen", `127.0.0.1:${server.port}`]));
    await server.waitFor("hello", ({ client }) => client === 1);
    const lister = stack.use(unread(["ls", `127.0.0.1:${server.port}`]));
    stack.defer(() => server.server.stop()); // Ends both, also the one whose output is not read
    await server.waitFor("hello", ({ client }) => client === 2);
    for (let i = 0; i < 150; i++) server.server.announce(`${i} ${"x".repeat(4_000)}`);
    await passSilences(server);
    const gone = server.eventsOf("disconnected").map(({ client }) => client);
    assertEquals([gone.includes(1), gone.includes(2), gone.length >= SILENCES - 1], [
      false,
      false,
      true,
    ]);

    await listener.write("go\n");
    await listener.stdout.waitFor(/: 149 x+\n/);
    const numbers = listener.stdout.lines.map((line) => Number(/: (\d+) /.exec(line)?.[1]));
    assertEquals(numbers, Array.from({ length: 150 }, (_, i) => i));
    await lister.write("go\n");
    await lister.stderr.waitFor("exit ");
    assertEquals(lister.stderr.text, "exit 0\n");
    await lister.stdout.ended();
    assertEquals(lister.stdout.lines.length, names.length);
  },
});

Deno.test({
  name: "get: fetches every file, though nothing reads its results until connections are gone",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const names = Array.from({ length: 3_000 }, (_, i) => `many/${i}`);
    const files = Object.fromEntries(names.map((name) => [name, name]));
    await using server = await startServer({ limits: LIMITS }, files);
    using folder = new TempDir();
    await using stack = new AsyncDisposableStack();
    const args = ["get", `127.0.0.1:${server.port}`, "many", "-o", folder.path];
    const getter = stack.use(unread(args));
    stack.defer(() => server.server.stop());
    await server.waitFor("disconnected", ({ reason }) => reason === "silent");
    await getter.write("go\n");
    await getter.stderr.waitFor("exit ");
    assertEquals(getter.stderr.text, "exit 0\n");
    await getter.stdout.ended();
    assertEquals([getter.stdout.lines.length, folder.list("many").length], [3_000, 3_000]);
  },
});
