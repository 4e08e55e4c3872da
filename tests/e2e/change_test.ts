/** The commands rm, mv and mkdir. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { startSession } from "../helpers/interactive_fixture.ts";
import { MANAGER } from "../helpers/managed_server.ts";
import { jsonLines, run } from "../helpers/program.ts";
import { startServer, type TestServerOptions } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";

const FILES = { "a.txt": "a", "b.tmp": "b", "docs/c.tmp": "c", "docs/in/d.txt": "d" };

async function setUp(
  files: Record<string, string> = FILES,
  setup: TestServerOptions = MANAGER,
) {
  const server = await startServer(setup, files);
  const address = `127.0.0.1:${server.port}`;
  /** Runs a command on the server. */
  const on = (command: string, ...args: string[]) => run("client", [command, address, ...args]);
  return { server, on, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

Deno.test("rm: removes files and what matches, and goes on after a failure", async () => {
  await using fixture = await setUp();
  const { on, server: { root } } = fixture;
  const { code, stdout, stderr } = await on("rm", "a.txt", "none", "**/*.tmp");
  assertEquals([code, stdout, stderr], [
    4,
    "a.txt removed\nb.tmp removed\ndocs/c.tmp removed\n",
    "none: File not found\n",
  ]);
  assertEquals([root.list(), root.list("docs")], [["docs"], ["in"]]);
});

Deno.test("rm: removes a folder with -r only, and tells what it removes", async () => {
  await using fixture = await setUp();
  const { on, server: { root } } = fixture;
  const refused = await on("rm", "docs");
  assertEquals([refused.code, refused.stdout], [4, ""]);
  assertStringIncludes(refused.stderr, "docs is a folder: rm -r removes it");
  const plan = await on("rm", "-rn", "docs", "--json");
  assertEquals(jsonLines(plan.stdout).map(({ path }) => path), [
    "docs",
    "docs/c.tmp",
    "docs/in",
    "docs/in/d.txt",
  ]);
  assertEquals(root.list("docs"), ["c.tmp", "in"]);
  const removed = await on("rm", "-r", "docs/", "docs/*");
  assertEquals([removed.code, removed.stdout], [0, "docs/ removed: 2 files, 2 folders\n"]);
  const json = await on("rm", "a.txt", "--json");
  assertEquals(JSON.parse(json.stdout), { event: "removed", path: "a.txt", files: 1, folders: 0 });
  const quiet = await on("rm", "b.tmp", "-q");
  assertEquals([quiet.code, quiet.stdout, root.list()], [0, "", []]);
});

Deno.test("rm: names what stays of a folder, and exits with 8", async () => {
  await using fixture = await setUp();
  const { on, server: { root } } = fixture;
  root.write("docs/in/.tcp-chat/x.upload", "part");
  const { code, stdout, stderr } = await on("rm", "-r", "docs");
  assertEquals([code, stdout, stderr], [
    8,
    "docs/ is still there: 2 files, 0 folders removed, 1 left\n",
    "docs/in: not removed: it is in use, or an unfinished upload is in it\n",
  ]);
  const json = await on("rm", "-r", "docs", "--json");
  const events = jsonLines(json.stdout);
  assertEquals(events[0], { event: "removed", path: "docs", files: 0, folders: 0, left: 1 });
  assertEquals(events.at(-1), { event: "omitted", path: "docs/in", reason: "busy" });
  assertEquals(json.code, 8);
});

Deno.test("mv: renames, moves into a folder that is there, and replaces on request only", async () => {
  await using fixture = await setUp({ ...FILES, "e.txt": "e" });
  const { on, server: { root } } = fixture;
  assertEquals((await on("mv", "a.txt", "f.txt")).stdout, "a.txt is now f.txt\n");
  const taken = await on("mv", "e.txt", "f.txt");
  assertEquals([taken.code, taken.stdout], [1, ""]);
  assertStringIncludes(taken.stderr, "e.txt: The file exists already");
  assertEquals((await on("mv", "e.txt", "f.txt", "--replace")).code, 0);
  assertEquals(Deno.readTextFileSync(root.join("f.txt")), "e");
  const into = await on("mv", "*.t*", "docs/in/", "--json");
  assertEquals(jsonLines(into.stdout), [
    { event: "moved", path: "b.tmp", to: "docs/in/b.tmp" },
    { event: "moved", path: "f.txt", to: "docs/in/f.txt" },
  ]);
  assertEquals((await on("mv", "docs/in", "/")).stdout, "docs/in is now in\n");
  assertEquals((await on("mv", "in/b.tmp", ".")).stdout, "in/b.tmp is now b.tmp\n");
  for (const args of [["in/*", "new"], ["b.tmp", "new/"]]) {
    const refused = await on("mv", ...args);
    assertEquals([refused.code, refused.stdout], [2, ""], args.join(" "));
    assertStringIncludes(refused.stderr, "is no folder on the server");
  }
  assertEquals((await on("mv", "b.tmp")).code, 2);
});

Deno.test("mkdir: makes folders and those above them", async () => {
  await using fixture = await setUp({});
  const { on, server: { root } } = fixture;
  const { code, stdout } = await on("mkdir", "a/b", "c/", "a/b");
  assertEquals([code, stdout], [0, "a/b/ made\nc/ made\na/b/ was there already\n"]);
  const json = jsonLines((await on("mkdir", "c", "d", "--json")).stdout);
  assertEquals(json.map(({ path, exists }) => [path, exists]), [["c", true], ["d", undefined]]);
  Deno.removeSync(root.join("d"));
  assertEquals([root.list(), root.list("a")], [["a", "c"], ["b"]]);
  assertEquals((await on("mkdir", "..")).code, 4);
});

Deno.test("rm, mv: exit with 6 without the right to delete", async () => {
  await using fixture = await setUp(FILES, { uploads: true });
  for (const args of [["rm", "a.txt"], ["mv", "a.txt", "z.txt"]] as const) {
    const [command, ...rest] = args;
    const { code, stderr } = await fixture.on(command, ...rest);
    assertEquals(code, 6);
    assertStringIncludes(stderr, "a.txt: Permission denied");
  }
});

Deno.test("interactive: rm, mv and mkdir change files on the server", async () => {
  await using fixture = await startSession(MANAGER, { "with space.txt": "x", "f/y": "y" });
  const { input, output, server: { root } } = fixture;
  for (
    const [line, shown] of [
      ["mkdir docs/new", "docs/new/ made"],
      ["mkdir docs", "docs/ was there already"],
      ["rm --force docs", "--force"],
      ["rm -f docs", "-f"],
      ["mv -n docs new", "-n"],
      ["mkdir -p new", "-p"],
      ['mv "with space.txt" f/y docs/new', "f/y is now docs/new/y"],
      ["mover docs/new/y y", "docs/new/y is now y"],
      ["rm docs", "docs is a folder: rm -r removes it"],
      ["mv y", "Usage: mv NAME… NEW [--replace]"],
      ["remover -r docs none", "docs/ removed: 1 file, 2 folders"],
      ["rm none y", "y removed"],
    ] as const
  ) {
    await input.enter(line);
    await until(() => output.out.includes(shown), shown);
  }
  assertStringIncludes(output.out, "none: File not found");
  assertEquals([root.list(), root.list("f")], [["f"], []]);
  const [words]: readonly [string[], string] = await input.complete("rm ");
  assertEquals(words, ["f/"]);
});

Deno.test("interactive: a script ends with the exit code of a refused rm or mv", async () => {
  await using fixture = await setUp();
  const args = ["127.0.0.1", String(fixture.server.port)];
  for (const [line, expected] of [["rm docs", 4], ["mv a.txt b.tmp new", 2]] as const) {
    const { code, stdout } = await run("client", args, { input: `${line}\n` });
    assertEquals([code, stdout.includes("folder")], [expected, true], line);
  }
});

Deno.test("mv: replaces nothing that the same command has moved", async () => {
  await using fixture = await setUp({ "a/x": "a", "b/x": "b", "c/x": "old" });
  const { on, server: { root } } = fixture;
  const { code, stdout, stderr } = await on("mv", "a/x", "b/x", "c", "--replace");
  assertEquals([code, stdout], [1, "a/x is now c/x\n"]);
  assertStringIncludes(stderr, "b/x: The same command has put another file there");
  const contents = ["c/x", "b/x"].map((path) => Deno.readTextFileSync(root.join(path)));
  assertEquals(contents, ["a", "b"]);
  // What could not be moved has taken no place
  root.write("d/x/in", "d");
  const next = await on("mv", "d/x", "b/x", "c", "--replace");
  assertEquals([next.code, next.stdout], [4, "b/x is now c/x\n"]);
});

Deno.test({
  name: "rm, mv: tell what a pattern matches and no request can name",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using fixture = await setUp({ "d/a": "a", "d/b\\c": "b", "e/x": "x" });
    const { on, server: { root } } = fixture;
    Deno.symlinkSync("nowhere", root.join("d/link"));
    const { code, stdout, stderr } = await on("mv", "d/*", "e");
    assertEquals([code, stdout], [8, "d/a is now e/a\n"]);
    assertStringIncludes(stderr, "d/b\\c: left out: the name is not allowed\n");
    assertStringIncludes(stderr, "d/link: left out: ");
    assertStringIncludes(stderr, "2 items were left out\n");
    const none = await on("rm", "-r", "d/*", "--json");
    const events = jsonLines(none.stdout).map(({ event }) => event);
    assertEquals([none.code, events], [4, ["omitted", "omitted", "error", "omissions"]]);
    assertEquals((await on("rm", "e/*")).code, 0);
  },
});

Deno.test({
  name: "rm: calls a folder only what is one",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using fixture = await setUp();
    const { on, server: { root } } = fixture;
    await new Deno.Command("mkfifo", { args: [root.join("fifo")] }).output();
    const { code, stderr } = await on("rm", "fifo");
    assertEquals([code, stderr], [4, "fifo: This is not a regular file\n"]);
  },
});

Deno.test({
  name: "rm -rn: tells of a link to a folder nothing but the link, and what stays",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using fixture = await setUp({ "d/a": "a", "e/b\\c": "b", "e/x": "x" });
    const { on, server: { root } } = fixture;
    Deno.symlinkSync("../d", root.join("e/link"));
    Deno.symlinkSync("nowhere", root.join("e/dead"));
    for (const pattern of ["e/link", "e/l*"]) {
      const { code, stdout } = await on("rm", "-rn", pattern);
      assertEquals([code, stdout], [0, "e/link/ would be removed\n"], pattern);
    }
    const { code, stdout, stderr } = await on("rm", "-rn", "e");
    const lines = ["e/", "e/link/", "e/x"].map((path) => `${path} would be removed\n`);
    assertEquals([code, stdout], [8, lines.join("")]);
    assertEquals(stderr, "e/b\\c: left out: the name is not allowed\n1 item was left out\n");
    assertEquals([(await on("rm", "-r", "e/link")).code, root.list("d")], [0, ["a"]]);
  },
});
