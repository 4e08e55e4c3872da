import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TestClient } from "../helpers/clients.ts";
import { Program, programCommand, run } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const ignore = Deno.build.os === "windows";
const FILES = Array.from({ length: 300 }, (_, index) => [`many/${index}.txt`, `${index}`] as const);

/** The client's program in a shell, before `redirection`; its exit code is the last line. */
function shell(args: readonly string[], redirection: string): [string, ...string[]] {
  const script = `{ "$0" "$@"; echo "exit $?" >&2; } ${redirection}`;
  return ["sh", "-c", script, ...programCommand("client"), ...args];
}

async function runShell(args: readonly string[], redirection: string, cwd: string) {
  const { stdout, stderr } = await run(shell(args, redirection), [], { cwd });
  return { stdout, stderr };
}

for (const reader of ["head -1", "grep -m1 needle"]) {
  Deno.test({
    name: `listen | ${reader}: ends with 0 once the reader is gone`,
    ignore,
    async fn() {
      await using server = await startServer();
      const args = ["listen", `127.0.0.1:${server.port}`];
      await using program = new Program(shell(args, `| { ${reader}; exec <&-; echo gone; }`), []);
      await server.waitFor("hello");
      server.server.announce("the needle");
      await program.stdout.waitFor("[SERVER]: the needle\ngone\n");
      server.server.announce("another line");
      await program.stderr.waitFor("exit 0\n");
      assertEquals(program.stderr.text, "exit 0\n");
    },
  });
}

Deno.test({
  name: "get | head: fetches all files, and reports none of them as failed",
  ignore,
  async fn() {
    await using server = await startServer({}, Object.fromEntries(FILES));
    using folder = new TempDir();
    const args = ["get", `127.0.0.1:${server.port}`, "many", "-o", "here"];
    const { stderr } = await runShell(args, "| head -1", folder.path);
    assertEquals(stderr, "exit 0\n");
    assertEquals(folder.list("here/many").length, FILES.length);
  },
});

Deno.test({
  name: "get, put > /dev/full: move all files, and exit with 7 since their results are lost",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = await startServer({ uploads: true }, Object.fromEntries(FILES));
    using folder = new TempDir();
    const address = `127.0.0.1:${server.port}`;
    const text = "tcp-chat: Cannot write stdout: the disk is full\nexit 7\n";
    const get = ["get", address, "many", "-o", "here"];
    assertEquals((await runShell(get, "> /dev/full", folder.path)).stderr, text);
    assertEquals(folder.list("here/many").length, FILES.length);
    const put = ["put", address, "here/many", "--to", "back"];
    assertEquals((await runShell(put, "> /dev/full", folder.path)).stderr, text);
    assertEquals(server.eventsOf("upload").length, FILES.length);
  },
});

for (
  const args of [["get", "many/1.txt", "--stdout"], ["ls", "many"], ["ls", "many", "--json"], [
    "stat",
    "many/1.txt",
    "many/2.txt",
  ]]
) {
  Deno.test({
    name: `${args.join(" ")} > /dev/full: exits with 7`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      await using server = await startServer({}, Object.fromEntries(FILES));
      using folder = new TempDir();
      const [command, ...rest] = args;
      const words = [command!, `127.0.0.1:${server.port}`, ...rest];
      const { stderr } = await runShell(words, "> /dev/full", folder.path);
      assert(stderr.endsWith("tcp-chat: Cannot write stdout: the disk is full\nexit 7\n"), stderr);
    },
  });
}

Deno.test({
  name: "ls, stat, help, get --stdout: end with 0 and without a word when their reader is gone",
  ignore,
  async fn() {
    const large = { "large.bin": new Uint8Array(1_000_000) };
    await using server = await startServer({}, { ...Object.fromEntries(FILES), ...large });
    using folder = new TempDir();
    const address = `127.0.0.1:${server.port}`;
    const paths = FILES.map(([path]) => path);
    for (
      const args of [["ls", address, "many"], ["stat", address, ...paths], ["--help"], [
        "get",
        address,
        "large.bin",
        "--stdout",
        "--quiet",
      ]]
    ) {
      const { stderr } = await runShell(args, "| true", folder.path);
      assertEquals(stderr, "exit 0\n", args.slice(0, 3).join(" "));
    }
  },
});

Deno.test("get FOLDER --stdout, --sha256: is refused with 4 before anything is fetched", async () => {
  await using server = await startServer({}, Object.fromEntries(FILES));
  using folder = new TempDir();
  const args = ["get", `127.0.0.1:${server.port}`, "many"];
  for (const option of [["--stdout"], ["--sha256", "0".repeat(64)]]) {
    const { code, stdout, stderr } = await run("client", [...args, ...option], {
      cwd: folder.path,
    });
    assertEquals([code, stdout], [4, ""]);
    assertStringIncludes(stderr, "many: ");
  }
  assertEquals(server.eventsOf("download"), []);
});

Deno.test("get PATTERN --stdout: is refused with 2 if several files match", async () => {
  await using server = await startServer({}, Object.fromEntries(FILES));
  const args = ["get", `127.0.0.1:${server.port}`, "many/1?.txt", "--stdout"];
  const { code, stdout, stderr } = await run("client", args);
  assertEquals([code, stdout], [2, ""]);
  const text = "many/1?.txt: --sha256 and --stdout take exactly one file; this is 10\n";
  assertEquals(stderr, text);
  assertEquals(server.eventsOf("download"), []);
});

Deno.test("say: sends lines of standard input that end in CRLF", async () => {
  await using server = await startServer();
  const args = ["say", `127.0.0.1:${server.port}`];
  const { code, stderr } = await run("client", args, { input: "one\r\ntwo\r\n" });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(server.eventsOf("chat").map(({ text }) => text), ["one\ntwo"]);
});

Deno.test("Chat.say: takes lines that end in CRLF, and refuses other control characters", async () => {
  await using server = await startServer();
  for (const protocol of [1, 2] as const) {
    await using client = await TestClient.connect(server.port, { protocol });
    await client.client.chat.say("a\r\nb");
    for (const text of ["a\rb", "a\x1b[2J", "a\ud800"]) {
      const error = await client.client.chat.say(text).catch((error) => error);
      assertEquals([error.code, error.reason], ["bad-request", "message-characters"]);
    }
  }
  assertEquals(server.eventsOf("chat").map(({ text }) => text), ["a\nb", "a\nb"]);
});

Deno.test({
  name: "say: reads no endless input, and exits with 2 since the message is too long",
  ignore,
  async fn() {
    await using server = await startServer();
    const [path, ...words] = programCommand("client");
    const script = 'yes | "$0" "$@"';
    const command = [
      "sh",
      "-c",
      script,
      path,
      ...words,
      "say",
      `127.0.0.1:${server.port}`,
    ] as const;
    const { code, stderr } = await run(["sh", ...command.slice(1)], []);
    assertEquals(code, 2);
    assertEquals(stderr, "tcp-chat: The message is longer than 4096 bytes\n");
    assertEquals(server.eventsOf("chat"), []);
  },
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test({
    name: `say: exits with 130 on ${signal} while it waits for input`,
    ignore,
    async fn() {
      await using server = await startServer();
      await using client = new Program("client", ["say", `127.0.0.1:${server.port}`]);
      // More than a pipe holds: it is read by now, and its line is not at its end
      await client.write("€".repeat(40_000));
      client.kill(signal);
      assertEquals(await client.exitCode(), 130);
      assertEquals(server.eventsOf("connected"), []);
    },
  });
}
