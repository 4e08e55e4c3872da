import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Commands whose second word is the address of a server with uploads of at most 10 bytes. */
const COMMANDS: Array<[words: string[], code: number, text: string]> = [
  [["get", "a.txt"], 0, ""],
  [["ls"], 0, ""],
  [["say", "hello"], 0, ""],
  [["put", "local.txt"], 0, ""],
  [["put", "local.txt", "--to", "folder"], 0, ""],
  [["put", "a.txt"], 1, "The file exists already"],
  [["put", "large.txt"], 1, "large.txt: The file is larger than the server accepts: at most 10 B"],
  [["say", "a\x1b[2J"], 2, "control character"],
  [["say", "a".repeat(4097)], 2, "longer than 4096 bytes"],
  [["say", " "], 2, "empty"],
  [["get", "a.txt", "--jobs", "x"], 2, "--jobs"],
  [["put", "mistyped.txt"], 4, "Cannot use mistyped.txt: there is no such file or folder"],
  [["put", "mistyped.txt", "--lang", "pt-BR"], 4, "Não é possível usar mistyped.txt: não existe"],
  [["get", "folder", "-o", "local.txt"], 7, "Cannot use local.txt: it is a file, not a folder"],
  [["get", "a.txt", "-o", "local.txt/x/y"], 7, "Cannot use local.txt: it is a file, not a folder"],
  [["get", "folder", "-o", "with"], 7, "Cannot use with/folder: it is a file, not a folder"],
  [
    ["get", "a.txt", "-o", "local.txt", "--protocol", "1"],
    7,
    "Cannot use local.txt: it is a file, not a folder",
  ],
  [["put", "local.txt", "mistyped.txt"], 4, "there is no such file or folder"],
  [["get", "missing"], 4, "missing: File not found"],
  [["get", "folder/.."], 4, "folder/..: Paths with . or .. are not allowed"],
  [["ls", "missing"], 4, "missing: File not found"],
  [["ls", "missing", "--json"], 4, "missing: File not found"],
  [["stat", "missing"], 4, "missing: File not found"],
  [["say", "--to", "nobodyhere", "x"], 4, "Nobody here has this nick"],
  [["say", "--room", "Not a room", "x"], 4, "The name of a room has"],
  [["listen", "--room", "Not a room"], 4, "The name of a room has"],
  [["say", "--nick", "not a nick", "x"], 4, "A nick has 1 to 32"],
  [["say", "--nick", "SERVER", "x"], 4, "This nick is reserved"],
  [["get", "a.txt", "--sha256", "0".repeat(64)], 5, "different SHA-256"],
  [["get", "a.txt", "--user", "ana", "--password-file", "password.txt"], 6, "name or the password"],
  [["get", "a.txt", "--user", "ana", "--password-file", "mistyped"], 4, "Cannot use mistyped: "],
  [
    ["get", "a.txt", "folder", "-o", "local.txt"],
    7,
    "Cannot use local.txt: it is a file, not a folder",
  ],
];

for (const [[command, ...words], code, text] of COMMANDS) {
  const shown = [command, ...words].join(" ").slice(0, 80).replace("\x1b", "ESC");
  Deno.test(`tcp-chat ${shown}: exits with ${code}`, async () => {
    await using server = await startServer({ uploads: true, maxUploadBytes: 10 }, {
      "a.txt": "a",
      "folder/b.txt": "b",
    });
    using folder = new TempDir();
    folder.write("local.txt", "local");
    folder.write("with/folder", "a file");
    folder.write("a.txt", "other");
    folder.write("large.txt", "larger than 10");
    folder.write("password.txt", "wrong");
    const args = [command!, `127.0.0.1:${server.port}`, ...words];
    const result = await run("client", args, { cwd: folder.path });
    assertEquals(result.code, code, result.stderr);
    assertStringIncludes(result.stderr, text);
    const { stderr } = result;
    assertEquals(/os error|Cannot .*Cannot |\.tcp-chat/.test(stderr), false, stderr);
    for (const word of words.filter((each) => each.endsWith(".txt"))) {
      assert(stderr.split(word).length <= 2, stderr); // No error names itself twice
    }
    const errors = stderr.split("\n").filter((line) => line.includes("Cannot use"));
    assert(errors.length <= 1, stderr);
  });
}

Deno.test("put: exits with 6, and says that the server takes no uploads", async () => {
  await using server = await startServer();
  using folder = new TempDir();
  folder.write("local.txt", "local");
  const args = ["put", `127.0.0.1:${server.port}`, "local.txt"];
  const { code, stderr } = await run("client", args, { cwd: folder.path });
  assertEquals(code, 6);
  assertEquals(
    stderr,
    "local.txt: This server takes no uploads and no changes (it runs without -u)\n",
  );
});

Deno.test("tcp-chat, tcp-chat-server: exit with 2 for a mistyped environment variable", async () => {
  for (const [program, args] of [["client", ["ls", "localhost"]], ["server", []]] as const) {
    const { code, stdout, stderr } = await run(program, args, { env: { TCP_CHAT_LANGS: "en" } });
    assertEquals([code, stdout], [2, ""]);
    const text = "Unknown environment variable TCP_CHAT_LANGS. Did you mean TCP_CHAT_LANG?";
    assertStringIncludes(stderr, text);
  }
});
