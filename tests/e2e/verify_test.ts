import { assertEquals } from "@std/assert";
import { jsonLines, run } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

async function setUp(files: Record<string, string> = {}) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer({}, files));
  const folder = stack.use(new TempDir());
  const verify = (...args: string[]) => run("client", ["verify", ...args], { cwd: folder.path });
  const address = `127.0.0.1:${server.port}`;
  return { address, folder, verify, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("verify: prints what differs, and exits with 5; with 0 if files are only here", async () => {
  await using fixture = await setUp({ "f/a": "a", "f/b": "b", "f/c": "c" });
  const { address, folder, verify } = fixture;
  folder.write("client_downloads/f/a", "a");
  folder.write("client_downloads/f/b", "B");
  folder.write("client_downloads/f/d", "d");
  const differs = await verify(address, "f");
  assertEquals([differs.code, differs.stderr], [5, ""]);
  assertEquals(differs.stdout.split("\n"), [
    "different  f/b",
    "missing    f/c",
    "only here  f/d",
    "1 file is the same, 1 is different, 1 is missing, 1 is only here",
    "",
  ]);
  folder.write("client_downloads/f/b", "b");
  folder.write("client_downloads/f/c", "c");
  const right = await verify(address, "f/");
  assertEquals([right.code, right.stdout], [
    0,
    "only here  f/d\n3 files are the same, 1 is only here\n",
  ]);
  const quiet = await verify(address, "f", "-q");
  assertEquals([quiet.code, quiet.stdout, quiet.stderr], [0, "", ""]);
});

Deno.test("verify: names the path that is not there", async () => {
  await using fixture = await setUp();
  const { code, stderr } = await fixture.verify(fixture.address, "none");
  assertEquals([code, stderr], [4, "none: File not found\n"]);
  const json = await fixture.verify(fixture.address, "none", "--json");
  assertEquals(jsonLines(json.stdout).map(({ event, path }) => [event, path]), [["error", "none"]]);
});

Deno.test("verify: compares another folder, also by an address with the path", async () => {
  await using fixture = await setUp({ "f/a": "a" });
  const { address, folder, verify } = fixture;
  folder.write("x/a", "a");
  for (const args of [[address, "f", "x"], [`tcp-chat://${address}/f`, "x"]]) {
    const { code, stdout } = await verify(...args);
    assertEquals([code, stdout], [0, "1 file is the same\n"]);
  }
  assertEquals((await verify(address, "f")).code, 5);
  assertEquals((await verify(`tcp-chat://${address}/f`)).code, 5);
  assertEquals((await verify(address, "g")).code, 4);
  assertEquals((await verify(address)).code, 2);
  assertEquals((await verify(address, "f", "x", "y")).code, 2);
});

Deno.test("verify: prints JSON lines", async () => {
  await using fixture = await setUp({ "a": "a" });
  const { code, stdout } = await fixture.verify(fixture.address, "a", "--json");
  assertEquals([code, jsonLines(stdout)], [5, [
    { event: "verify", path: "a", result: "missing" },
    { event: "verified", same: 0, different: 0, missing: 1, extra: 0, failed: 0 },
  ]]);
});

Deno.test("verify: speaks Portuguese", async () => {
  await using fixture = await setUp({ "a": "a", "b": "b" });
  fixture.folder.write("b", "b");
  fixture.folder.write("c", "c");
  const { stdout } = await fixture.verify(fixture.address, "/", ".", "--lang", "pt-BR");
  assertEquals(stdout, "falta      a\nsó aqui    c\n1 arquivo é igual, 1 falta, 1 só está aqui\n");
});
