import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describeFailure } from "../../lib/protocol/errors.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { bytesAt } from "../helpers/bytes_at.ts";
import { Program, run } from "../helpers/program.ts";
import { goodAnswer, ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(300_000);

/** A server with a file, and the working directory of the client. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer({}, { "file.bin": CONTENT }));
  const folder = stack.use(new TempDir());
  const get = (...args: string[]) =>
    run("client", ["get", `127.0.0.1:${server.port}`, ...args], { cwd: folder.path });
  return { server, folder, get, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("get: exits with 4 for a missing file, and fetches the others", async () => {
  await using fixture = await setUp();
  const { code, stdout, stderr } = await fixture.get("missing", "file.bin");
  assertEquals(code, 4);
  assertMatch(stdout, /^client_downloads.file\.bin: 300 kB, SHA-256 verified/);
  assertMatch(
    stderr,
    /^missing: File not found\n1 file, 300 kB in [\d.]+ s.*\n1 of 2 files failed\n$/,
  );
  assertEquals(fixture.folder.list("client_downloads"), ["file.bin"]);
});

const BAD_PATHS: Array<[path: string, text: string]> = [
  ["../secret", "Paths with . or .. are not allowed"],
  ["/etc/passwd", "must not be empty, absolute"],
  ["a//b", "must not be empty, absolute"],
  ["", "must not be empty, absolute"],
  ["a\\b", "is not allowed"],
  ["a\x1b[2Jb", "is not allowed"],
  ["a/..", "Paths with . or .. are not allowed"],
];

for (const [path, text] of BAD_PATHS) {
  Deno.test(`get: exits with 4 for the path ${JSON.stringify(path)}, and writes nothing`, async () => {
    await using fixture = await setUp();
    const { code, stdout, stderr } = await fixture.get(path);
    assertEquals([code, stdout], [4, ""]);
    assertStringIncludes(stderr, text);
    assertEquals(stderr.includes("\x1b"), false);
    assertEquals(fixture.folder.list(), []);
  });
}

Deno.test("get --protocol 1: exits with 4 for a folder", async () => {
  await using fixture = await setUp();
  fixture.server.root.write("folder/a.txt", "");
  const { code, stderr } = await fixture.get("folder", "--protocol", "1");
  assertEquals([code, stderr], [4, "folder: This is not a regular file\n"]);
});

Deno.test("get --sha256: exits with 5 for a file with another hash, and keeps nothing", async () => {
  await using fixture = await setUp();
  const { code, stdout, stderr } = await fixture.get("file.bin", "--sha256", "a".repeat(64));
  assertEquals([code, stdout], [5, ""]);
  assertMatch(stderr, /^file\.bin: .* a different SHA-256 than requested\n$/);
  assertEquals(fixture.folder.list("client_downloads"), []);
});

Deno.test("get: exits with 5 for content without the announced hash, and keeps nothing", async () => {
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("FILE");
    const [ok, metadata, , ...data] = goodAnswer("file.bin", CONTENT);
    await peer.send(ok!, metadata!, rawFrame("FHSH", new Uint8Array(32)), ...data);
    await peer.expect("QUIT");
  });
  using folder = new TempDir();
  const args = ["get", `127.0.0.1:${server.port}`, "file.bin", "--protocol", "1"];
  const { code, stderr } = await run("client", args, { cwd: folder.path });
  assertEquals(code, 5);
  assertMatch(stderr, /^file\.bin: The SHA-256 does not match\n.*Try again\.\n$/);
  assertEquals(folder.list("client_downloads"), []);
});

Deno.test("get -o: exits with 7 if the output folder is a file", async () => {
  await using fixture = await setUp();
  fixture.folder.write("taken", "mine");
  const { code, stdout, stderr } = await fixture.get("file.bin", "-o", "taken");
  assertEquals([code, stdout], [7, ""]);
  assertStringIncludes(stderr, "taken");
  assertEquals(Deno.readTextFileSync(fixture.folder.join("taken")), "mine");
});

Deno.test("get: exits with 3 and a hint if no server listens on the port", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, stdout, stderr } = await run("client", ["get", `127.0.0.1:${port}`, "a", "b"]);
  assertEquals([code, stdout], [3, ""]);
  assertStringIncludes(stderr, ": nothing listens there\n");
  assertStringIncludes(stderr, "Is the server running");
});

Deno.test("get: exits with 3 if the server is full, and says so", async () => {
  await using server = await startServer({ maxClients: 1 }, { "a.txt": "a" });
  using _peer = await server.connect();
  await server.waitFor("connected");
  const { code, stderr } = await run("client", ["get", `127.0.0.1:${server.port}`, "a.txt"]);
  assertEquals(code, 3);
  assertStringIncludes(stderr, describeFailure("server-full", "en"));
});

Deno.test("get: exits with the code of the first path that failed", async () => {
  await using fixture = await setUp();
  fixture.folder.write("client_downloads/.tcp-chat/file.bin.part/in-the-way", "");
  assertEquals((await fixture.get("missing", "file.bin")).code, 4);
  assertEquals((await fixture.get("file.bin", "missing")).code, 7);
});

Deno.test({
  name: "get: exits with 7 for a folder that no program may write to",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using fixture = await setUp();
    const { code, stderr } = await fixture.get("file.bin", "-o", "/dev");
    assertEquals([code, stderr], [7, "Cannot use /dev/file.bin: permission denied\n"]);
  },
});

const USAGE_ERRORS: Array<[args: string[], text: string]> = [
  [["get"], "Which server? Give HOST[:PORT]"],
  [["get", "localhost"], "Which file? Give its path"],
  [["get", "local host", "a"], "local host is not HOST or HOST:PORT, with a port from 1 to 65535"],
  [
    ["get", "localhost:0", "a"],
    "localhost:0 is not HOST or HOST:PORT, with a port from 1 to 65535",
  ],
  [["get", "localhost", "a", "--replcae"], "Unknown option --replcae. Did you mean --replace?"],
  [["get", "localhost", "a", "--jobs", "0"], "--jobs must be a whole number from 1 to 64, not 0"],
  [["get", "localhost", "a", "b", "--stdout"], "--sha256 and --stdout take exactly one file"],
  [["get", "localhost", "a", "--sha256", "abc"], "--sha256 must be 64 hexadecimal digits"],
  [["say"], "Which server? Give HOST[:PORT]"],
  [["listen", "localhost", "more"], "Unexpected argument more"],
  [["localhost", "70000"], "The port must be a number from 1 to 65535, not 70000"],
  [["lisetn", "localhost"], "Unknown command: lisetn. Did you mean listen?"],
  [["ajuda"], "Unknown command: ajuda. Did you mean help?"],
  [
    ["localhost", "baixar", "a"],
    "Unknown command: localhost. The command comes first: get localhost …",
  ],
  [["localhost", "1", "2"], "Unknown command: localhost. --help lists the commands."],
];

for (const [args, text] of USAGE_ERRORS) {
  Deno.test(`tcp-chat: exits with 2 for ${args.join(" ")}`, async () => {
    const { code, stdout, stderr } = await run("client", args);
    assertEquals([code, stdout, stderr], [2, "", `tcp-chat: ${text}\n`]);
  });
}

Deno.test({
  name: "get: exits with 130 on SIGINT, and keeps the part",
  ignore: Deno.build.os === "windows", // On Windows, a signal ends a program without notice
  async fn() {
    await using server = new ScriptedServer(async (peer) => {
      await peer.expect("FILE");
      await peer.send(...goodAnswer("file.bin", CONTENT).slice(0, 20));
      await peer.ended();
    });
    using folder = new TempDir();
    const args = ["get", `127.0.0.1:${server.port}`, "file.bin", "--json", "--protocol", "1"];
    await using client = new Program("client", args, { cwd: folder.path });
    await client.stdout.waitForEvent("progress");
    await until(
      () => bytesAt(folder, "client_downloads/.tcp-chat/file.bin.part") > 0,
      "the part to be written",
    );
    client.kill("SIGINT");
    assertEquals(await client.exitCode(), 130);
    assertMatch(client.stderr.text, /^Interrupted\..*\.tcp-chat, to be continued\.\n$/);
    assertEquals(folder.list("client_downloads"), [".tcp-chat/file.bin.part"]);
  },
});
