import { assertEquals, assertStringIncludes } from "@std/assert";
import { jsonLines, run } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const FILES = { "p/a.txt": "1", "p/b.txt": "2", "p/sub/c.txt": "3", "q": "4" };

/** A server, and a folder in which a client mirrors `p`. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer({}, FILES));
  const folder = stack.use(new TempDir());
  const get = (...args: string[]) =>
    run("client", ["get", `127.0.0.1:${server.port}`, ...args, "-o", "."], { cwd: folder.path });
  const mirror = (...args: string[]) => get("p", "--replace", "--delete", ...args);
  return { server, folder, get, mirror, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("get --delete: deletes what the server does not have, and says so", async () => {
  await using fixture = await setUp();
  const { folder, mirror } = fixture;
  folder.write("p/old/x.txt", "x");
  folder.write("p/a.txt", "old");
  const { code, stdout, stderr } = await mirror("--yes");
  assertEquals(code, 0, stderr);
  const file = ["p", "old", "x.txt"].join(Deno.build.os === "windows" ? "\\" : "/");
  assertStringIncludes(stdout, `\n${file}: deleted\n`);
  assertStringIncludes(stderr, "1 file was deleted\n");
  assertEquals(folder.list("p"), ["a.txt", "b.txt", "sub"]);
  assertEquals(Deno.readTextFileSync(folder.join("p/a.txt")), "1");
  folder.write("p/y.txt", "y");
  const json = await mirror("--yes", "--json");
  const events = jsonLines(json.stdout);
  const [deleted] = events.filter(({ event }) => event === "deleted");
  assertEquals([deleted.path, deleted.type], ["p/y.txt", "file"]);
});

Deno.test("get --delete: deletes nothing without --yes where it cannot ask", async () => {
  await using fixture = await setUp();
  fixture.folder.write("p/x.txt", "x");
  const { code, stderr } = await fixture.mirror();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Nothing was deleted: 1 file is not on the server; --yes");
  assertEquals(fixture.folder.list("p"), ["a.txt", "b.txt", "sub", "x.txt"]);
});

Deno.test("get --delete: deletes no more than half, or --max-delete", async () => {
  await using fixture = await setUp();
  const { folder, mirror } = fixture;
  for (const name of ["1", "2", "3", "4"]) folder.write(`p/${name}`, "x");
  const half = await mirror("--yes");
  assertEquals(half.code, 1);
  assertStringIncludes(
    half.stderr,
    "4 files are not on the server, of 7 here; --max-delete 4 allows",
  );
  const three = await mirror("--yes", "--max-delete", "3", "--json");
  assertEquals(three.code, 1);
  const refusals = jsonLines(three.stdout).filter(({ event }) => event === "not-deleted");
  assertEquals(refusals.map(({ reason, count, total }) => [reason, count, total]), [
    ["too-many", 4, 7],
  ]);
  assertEquals(folder.list("p").length, 7);
  assertEquals((await mirror("--yes", "--max-delete", "4")).code, 0);
  assertEquals(folder.list("p").length, 3);
  for (const name of ["1", "2", "3"]) folder.write(`p/${name}`, "x");
  assertEquals((await mirror("--yes")).code, 0);
});

Deno.test({
  name: "get --delete: deletes nothing after a failure, or when something is left out",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using fixture = await setUp();
    const { folder, server, mirror } = fixture;
    folder.write("p/x.txt", "x");
    folder.write("p/b.txt/in the way", "");
    const failed = await mirror("--yes");
    assertStringIncludes(failed.stderr, "Nothing was deleted: not all is here");
    Deno.removeSync(folder.join("p/b.txt"), { recursive: true });
    Deno.symlinkSync("nowhere", server.root.join("p/dead"));
    const omitted = await mirror("--yes");
    assertEquals(omitted.code, 8);
    assertStringIncludes(omitted.stderr, "Nothing was deleted: not all is here");
    assertEquals((await mirror("--yes", "--exclude", "dead")).code, 0);
    assertEquals(folder.list("p"), ["a.txt", "b.txt", "sub"]);
  },
});

Deno.test("get --delete: keeps what is excluded, and -n deletes nothing", async () => {
  await using fixture = await setUp();
  const { folder, mirror } = fixture;
  await mirror("--yes");
  folder.write("p/keep.o", "x");
  folder.write("p/x.txt", "x");
  const { code, stdout } = await mirror("-n", "--exclude", "*.o");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "delete    p/x.txt\n");
  assertStringIncludes(stdout, "Would fetch 0 files, 0 B, and delete 1 file here. Nothing was");
  assertEquals(folder.list("p").includes("x.txt"), true);
  await mirror("--yes", "--exclude", "*.o");
  assertEquals(folder.list("p"), ["a.txt", "b.txt", "keep.o", "sub"]);
});

Deno.test("get --delete: takes one folder and --replace only", async () => {
  await using fixture = await setUp();
  const { get, folder } = fixture;
  for (
    const args of [["p", "--delete"], ["p", "q", "--replace", "--delete"], [
      "p*",
      "--replace",
      "--delete",
    ], ["q", "--replace", "--delete", "--yes"]]
  ) {
    assertEquals((await get(...args)).code, 2, args.join(" "));
  }
  assertEquals(folder.list(), []);
});

Deno.test("get, put: refuse --checksum, --max-delete and --yes without what they are for", async () => {
  await using fixture = await setUp();
  for (
    const [args, text] of [
      [["q", "--checksum"], "--checksum needs --dry-run"],
      [["p", "--replace", "--max-delete", "2"], "--max-delete needs --delete"],
      [["p", "-y"], "--yes needs --delete"],
    ] as const
  ) {
    const { code, stderr } = await fixture.get(...args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, text);
  }
  assertEquals(fixture.folder.list(), []);
});
