import { assertEquals, assertStringIncludes } from "@std/assert";
import { sha256Of } from "../helpers/bytes.ts";
import { startClientFolder } from "../helpers/client_folder.ts";
import { run } from "../helpers/program.ts";

const FILES = { "p/.gitignore": "*.o\n", "p/a.o": "1", "p/b.txt": "2", "p/out/x": "3" };

Deno.test("put: sends nothing that --exclude, --exclude-from and --gitignore leave out", async () => {
  await using fixture = await startClientFolder();
  const { folder, server, client } = fixture;
  for (const [path, text] of Object.entries(FILES)) folder.write(path, text);
  folder.write("lines", "# a comment\n/out\nb.txt\n");
  const options = ["--exclude-from", "lines", "--exclude", "!b.txt", "--gitignore"];
  const { code, stderr } = await client("put", "p", ...options);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(server.root.list("p"), [".gitignore", "b.txt"]);
});

Deno.test("get: fetches nothing that --exclude leaves out, and makes no folder for it", async () => {
  await using fixture = await startClientFolder(FILES);
  const { code, stderr } = await fixture.client("get", "p", "--exclude", "out", "--exclude", "*.o");
  assertEquals([code, stderr], [0, ""]);
  assertEquals(fixture.folder.list("client_downloads/p"), [".gitignore", "b.txt"]);
});

Deno.test("get --from-sums: fetches nothing that --exclude leaves out", async () => {
  await using fixture = await startClientFolder(FILES);
  const { server, folder, client } = fixture;
  const sum = sha256Of(Deno.readFileSync(server.root.join("p/b.txt")));
  folder.write("sums", `${sum}  b.txt\n${sum}  a.o\n`);
  const { code } = await client("get", "p", "--from-sums", "sums", "--exclude", "*.o", "-o", "x");
  assertEquals([code, folder.list("x")], [0, ["b.txt"]]);
  const none = await client("get", "p", "--from-sums", "sums", "--exclude", "*");
  assertEquals(none.code, 4);
});

Deno.test("get, put: exit with 4 when all that was named is excluded", async () => {
  await using fixture = await startClientFolder(FILES);
  fixture.folder.write("x.o", "1");
  fixture.folder.write("y.txt", "1");
  const named = [["get", "p/a.o"], ["get", "p"], ["get", "p/*.o"], ["put", "x.o"]] as const;
  for (const [command, path] of named) {
    for (const extra of path === "p/a.o" ? [[], ["--protocol", "1"]] : [[]]) { // It has no folders
      const patterns = ["--exclude", "*.o", "--exclude", "p"];
      const { code, stderr } = await fixture.client(command, path, ...patterns, ...extra);
      assertEquals(code, 4, stderr);
      assertStringIncludes(stderr, "All that was named is excluded");
    }
  }
  const none = await fixture.client("get", "p/*.none", "--exclude", "*.o");
  assertEquals([none.code, none.stderr], [4, "p/*.none: File not found\n"]);
  const { code } = await fixture.client("put", "x.o", "y.txt", "--exclude", "*.o");
  assertEquals([code, fixture.server.root.list()], [0, ["p", "y.txt"]]);
});

Deno.test("put: fails for a file of patterns that cannot be read, before it connects", async () => {
  const args = ["put", "127.0.0.1:1", "x", "--exclude-from", "nothing"];
  const { code, stderr } = await run("client", args);
  assertEquals(code, 4);
  assertStringIncludes(stderr, "nothing");
});
