import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { run } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(2_000_000);

/** A server with some files, and the working directory of the client. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const server = stack.use(
    await startServer({}, {
      "file.bin": CONTENT,
      "folder/deep.txt": "deep",
      "empty.txt": "",
      "com espaço.txt": "á",
    }),
  );
  const folder = stack.use(new TempDir());
  const get = (...args: string[]) =>
    run("client", ["get", `127.0.0.1:${server.port}`, ...args], { cwd: folder.path });
  return { server, folder, get, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("get: saves a file in client_downloads, and says that it is verified", async () => {
  await using fixture = await setUp();
  const { code, stdout, stderr } = await fixture.get("file.bin");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^client_downloads.file\.bin: 2 MB, SHA-256 verified \([0-9a-f]{64}\)\n$/);
  assertStringIncludes(stdout, sha256Of(CONTENT));
  assertEquals(Deno.readFileSync(fixture.folder.join("client_downloads/file.bin")), CONTENT);
});

Deno.test("get -o: saves several files in the given folder", async () => {
  await using fixture = await setUp();
  const paths = ["file.bin", "folder/deep.txt", "empty.txt", "com espaço.txt"];
  const { code, stdout } = await fixture.get(...paths, "-o", "here");
  assertEquals(code, 0);
  assertEquals(stdout.split("\n").length, 5);
  assertEquals(fixture.folder.list("here"), [
    "com espaço.txt",
    "deep.txt",
    "empty.txt",
    "file.bin",
  ]);
});

Deno.test("get --protocol 1: distributes many files over -j connections", async () => {
  await using fixture = await setUp();
  const paths = Array.from({ length: 60 }, (_, i) => `${i}.txt`);
  for (const path of paths) fixture.server.root.write(path, path.repeat(100));
  const { code } = await fixture.get(...paths, "-j", "3", "-o", "here", "--protocol", "1");
  assertEquals(code, 0);
  for (const path of paths) {
    assertEquals(Deno.readTextFileSync(fixture.folder.join("here", path)), path.repeat(100));
  }
  assertEquals(fixture.server.eventsOf("connected").length, 3);
  assertEquals(new Set(fixture.server.eventsOf("download").map(({ client }) => client)).size, 3);
});

Deno.test("get -j: distributes large files over connections, the first of which is there already", async () => {
  await using fixture = await setUp();
  const paths = Array.from({ length: 9 }, (_, i) => `${i}.bin`);
  for (const [i, path] of paths.entries()) {
    fixture.server.root.write(path, patternedBytes(2 ** 20, i));
  }
  const { code } = await fixture.get(...paths, "-j", "3", "-o", "here");
  assertEquals(code, 0);
  for (const [i, path] of paths.entries()) {
    assertEquals(Deno.readFileSync(fixture.folder.join("here", path)), patternedBytes(2 ** 20, i));
  }
  assertEquals(fixture.server.eventsOf("hello").map(({ of }) => of), [undefined, 1, 1]);
  assertEquals(
    new Set(fixture.server.eventsOf("download").map(({ client }) => client)),
    new Set([1]),
  );
});

Deno.test("get: fetches all small files over the connection that is there already", async () => {
  await using fixture = await setUp();
  const paths = Array.from({ length: 30 }, (_, i) => `${i}.txt`);
  for (const path of paths) fixture.server.root.write(path, path.repeat(100));
  assertEquals((await fixture.get(...paths, "-o", "here")).code, 0);
  assertEquals(fixture.folder.list("here"), paths.toSorted());
  assertEquals(fixture.server.eventsOf("hello").map(({ of }) => of), [undefined]);
});

Deno.test("get: skips a file that already exists with the same content, and verifies it", async () => {
  await using fixture = await setUp();
  const path = fixture.folder.write("client_downloads/file.bin", CONTENT);
  const before = Deno.statSync(path);
  const { code, stdout } = await fixture.get("file.bin");
  assertEquals(code, 0);
  assertMatch(stdout, /^client_downloads.file\.bin: already there, SHA-256 verified/);
  assertEquals(Deno.statSync(path).mtime, before.mtime);
});

Deno.test("get: keeps a different file of the same name, and saves as NAME (1)", async () => {
  await using fixture = await setUp();
  fixture.folder.write("client_downloads/file.bin", "mine");
  const { code, stdout } = await fixture.get("file.bin");
  assertEquals(code, 0);
  assertMatch(stdout, /^client_downloads.file \(1\)\.bin: 2 MB/);
  assertEquals(fixture.folder.list("client_downloads"), ["file (1).bin", "file.bin"]);
});

Deno.test("get --replace: replaces a different file of the same name", async () => {
  await using fixture = await setUp();
  const path = fixture.folder.write("client_downloads/file.bin", "mine");
  assertEquals((await fixture.get("file.bin", "--replace")).code, 0);
  assertEquals(fixture.folder.list("client_downloads"), ["file.bin"]);
  assertEquals(Deno.readFileSync(path), CONTENT);
});

Deno.test("get: saves two files of the same name under two names", async () => {
  await using fixture = await setUp();
  fixture.server.root.write("other/file.bin", "other");
  assertEquals((await fixture.get("file.bin", "other/file.bin")).code, 0);
  assertEquals(fixture.folder.list("client_downloads"), ["file (1).bin", "file.bin"]);
});

Deno.test("get -q: prints nothing but errors", async () => {
  await using fixture = await setUp();
  const good = await fixture.get("-q", "file.bin");
  assertEquals([good.code, good.stdout, good.stderr], [0, "", ""]);
  const bad = await fixture.get("-q", "missing");
  assertEquals([bad.code, bad.stdout, bad.stderr], [4, "", "missing: File not found\n"]);
});

Deno.test("get --lang pt-BR: prints Portuguese", async () => {
  await using fixture = await setUp();
  const { stdout, stderr } = await fixture.get("file.bin", "missing", "--lang", "pt-BR");
  assertStringIncludes(stdout, "SHA-256 verificado");
  assertMatch(
    stderr,
    /^missing: Arquivo não encontrado\n1 arquivo, 2 MB em [\d,]+ s.*\n1 de 2 arquivos falhou\n$/,
  );
});

Deno.test("get --stdout: writes the file and nothing else to standard output", async () => {
  await using fixture = await setUp();
  const { code, bytes, stderr } = await fixture.get("file.bin", "--stdout");
  assertEquals(code, 0);
  assertEquals(bytes, CONTENT);
  assertMatch(stderr, /file\.bin: 2 MB, SHA-256 verified/);
  assertEquals(fixture.folder.list(), []);
});

Deno.test("get --stdout: writes no byte of a file with another hash than --sha256", async () => {
  await using fixture = await setUp();
  const { code, bytes } = await fixture.get("file.bin", "--stdout", "--sha256", "0".repeat(64));
  assertEquals([code, bytes.length], [5, 0]);
});

Deno.test("get --stdout: leaves no temporary files", async () => {
  await using fixture = await setUp();
  const temporary = fixture.folder.join("tmp");
  Deno.mkdirSync(temporary);
  const env = { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const address = `127.0.0.1:${fixture.server.port}`;
  for (const path of ["file.bin", "missing"]) {
    await run("client", ["get", address, path, "--stdout"], { env });
  }
  assertEquals(fixture.folder.list("tmp"), []);
});

Deno.test("get --sha256: accepts the hash in capitals", async () => {
  await using fixture = await setUp();
  const { code } = await fixture.get("file.bin", "--sha256", sha256Of(CONTENT).toUpperCase());
  assertEquals(code, 0);
});

Deno.test("get: takes options from the environment", async () => {
  await using fixture = await setUp();
  const args = ["get", `127.0.0.1:${fixture.server.port}`, "file.bin"];
  const output = fixture.folder.join("by-environment");
  const { stdout } = await run("client", args, {
    env: { TCP_CHAT_OUTPUT: output, TCP_CHAT_JSON: "1" },
  });
  assertEquals(JSON.parse(stdout.trim().split("\n").at(-2)!).file, `${output}/file.bin`);
  assert(Deno.statSync(fixture.folder.join("by-environment", "file.bin")).isFile);
});
