import { assertEquals, assertStringIncludes } from "@std/assert";
import { startClientFolder } from "../helpers/client_folder.ts";
import { jsonLines, run } from "../helpers/program.ts";

const FILES = { "p/a.txt": "12345", "p/b.txt": "1", "p/c.o": "1" };

Deno.test("get -n: prints what would be fetched, and makes nothing", async () => {
  await using fixture = await startClientFolder(FILES);
  const args = ["p", "-n", "--exclude", "*.o", "--sums", "sums", "-o", "x"];
  const { code, stdout, stderr } = await fixture.client("get", ...args);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.split("\n"), [
    "skip      p/c.o  excluded",
    "new       p/",
    "new       p/a.txt  5 B",
    "new       p/b.txt  1 B",
    "Would fetch 2 files, 6 B. Nothing was changed.",
    "",
  ]);
  assertEquals(fixture.folder.list(), []);
  const quiet = await fixture.client("get", "p", "-nq");
  assertEquals([quiet.code, quiet.stdout], [0, ""]);
  const missing = await fixture.client("get", "none", "-n");
  assertEquals(missing.code, 4);
  assertStringIncludes(missing.stderr, "none");
});

Deno.test("get -n --json: prints an object for each step, and what would be moved", async () => {
  await using fixture = await startClientFolder(FILES);
  fixture.folder.write("x/p/a.txt", "123");
  const { code, stdout } = await fixture.client("get", "p", "-n", "--replace", "--json", "-o", "x");
  assertEquals(code, 0);
  const [first, , , last] = jsonLines(stdout);
  const file = Deno.build.os === "windows" ? "x\\p\\a.txt" : "x/p/a.txt";
  const step = { event: "plan", action: "replace", path: "p/a.txt", file, type: "file" };
  assertEquals(first, { ...step, bytes: 5, replacedBytes: 3 });
  const counts = { new: 2, replace: 1, same: 0, skip: 0, conflict: 0, delete: 0 };
  assertEquals(last, { event: "planned", ...counts, files: 3, bytes: 7 });
});

Deno.test("get -n --from-sums: fails for what has another content", async () => {
  await using fixture = await startClientFolder(FILES);
  fixture.folder.write("sums", `${"0".repeat(64)}  a.txt\n`);
  const { code } = await fixture.client("get", "p", "-n", "--from-sums", "sums");
  assertEquals([code, fixture.folder.list()], [5, ["sums"]]);
});

Deno.test("get -n: counts what gets another name, and exits as the download would", async () => {
  await using fixture = await startClientFolder({ "x/a": "1", "y/a": "22", "b": "333" });
  const { folder, client } = fixture;
  folder.write("o/b/inside", "");
  const numbered = await client("get", "x/a", "y/a", "b", "-n", "-o", "o");
  assertEquals(numbered.stdout.split("\n"), [
    "new       x/a  1 B",
    "conflict  y/a  the name is taken; it gets NAME (1)",
    "conflict  b  the name is taken; it gets NAME (1)",
    "Would fetch 3 files, 6 B. Nothing was changed.",
    "",
  ]);
  assertEquals(numbered.code, 0);
  for (const paths of [["x/a", "y/a"], ["b"]]) {
    const planned = await client("get", ...paths, "-n", "-o", "o", "--replace");
    const real = await client("get", ...paths, "-o", "o", "--replace");
    assertEquals([paths, planned.code], [paths, real.code]);
  }
  assertEquals((await client("get", "x/a", "y/a", "b", "-o", "o")).code, 0);
  assertEquals(folder.list("o").sort(), ["a", "a (1)", "b", "b (1)"]);
});

Deno.test("put -n: prints what would be sent, sends nothing, and exits as the upload would", async () => {
  await using fixture = await startClientFolder({ "p/a.txt": "12345" });
  const { folder, server, client } = fixture;
  folder.write("p/a.txt", "123");
  folder.write("p/new/b.txt", "1");
  const refused = await client("put", "p", "-n");
  assertEquals(refused.stdout.split("\n"), [
    "conflict  p/a.txt  another file is there; --replace replaces it",
    "new       p/new/",
    "new       p/new/b.txt  1 B",
    "Would send 1 file, 1 B. Nothing was changed.",
    "",
  ]);
  assertEquals(server.root.list("p"), ["a.txt"]);
  assertEquals(refused.code, (await client("put", "p")).code);
  folder.write("o/p", "a file");
  assertEquals((await client("put", "o/p", "-n")).code, (await client("put", "o/p")).code);
  const replacing = await client("put", "p", "--dry-run", "--replace", "--lang", "pt-BR");
  assertEquals(replacing.code, 0);
  assertStringIncludes(replacing.stdout, "substitui  p/a.txt  3 B (lá tem 5 B)\n");
  assertStringIncludes(replacing.stdout, "igual      1 arquivo\n");
  assertEquals(Deno.readTextFileSync(server.root.join("p/a.txt")), "12345");
});

Deno.test("get, put: in the interactive client, -n prints the plan", async () => {
  await using fixture = await startClientFolder({ "a.txt": "12345" });
  fixture.folder.write("b.txt", "1");
  const args = [`127.0.0.1:${fixture.server.port}`];
  const input = "get a.txt -n\nput b.txt --dry-run\n";
  const { stdout } = await run("client", args, { cwd: fixture.folder.path, input });
  assertStringIncludes(stdout, "new       a.txt  5 B\n");
  assertStringIncludes(stdout, "Would fetch 1 file, 5 B. Nothing was changed.\n");
  assertStringIncludes(stdout, "new       b.txt  1 B\n");
  assertStringIncludes(stdout, "Would send 1 file, 1 B. Nothing was changed.\n");
  assertEquals([fixture.server.root.list(), fixture.folder.list()], [["a.txt"], ["b.txt"]]);
});
