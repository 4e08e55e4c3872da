/** Addresses that hold all that a connection needs. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

function readIn({ path }: TempDir, file: string): string {
  return Deno.readTextFileSync(join(path, file));
}

Deno.test("tcp-chat: connects by a pasted address with key, account, path and room, and asks nothing", async () => {
  using folder = new TempDir();
  folder.write("root/docs/a b.txt", "content");
  folder.write("local.txt", "local");
  const folders = { root: join(folder.path, "root"), data: join(folder.path, "data") };
  const program = (args: readonly string[]) =>
    run("client", args, {
      cwd: folder.path,
      env: { XDG_CONFIG_HOME: join(folder.path, "config"), TCP_CHAT_PASSWORD: "secret word" },
    });
  const added = await run("server", ["user", "add", "ana", "--data", folders.data], {
    input: "secret word\n",
  });
  assertEquals(added.code, 0, added.stderr);
  const args = ["-u", "--tls", "--require-account", "--json", "--no-console"];
  await using server = await ServerProgram.start(folders, args);
  const { fingerprint } = await server.stdout.waitForEvent("listening");
  const host = `127.0.0.1:${server.port}`;
  const target = (path: string, rest = "") =>
    `tcp-chat://ana@${host}${path}?fp=${fingerprint}${rest}`;

  const got = await program(["get", target("/docs/a%20b.txt")]);
  assertEquals([got.code, got.stderr], [0, ""]);
  assertEquals(readIn(folder, "client_downloads/a b.txt"), "content");
  const put = await program(["put", target("/docs"), "local.txt"]);
  assertEquals([put.code, put.stderr], [0, ""]);
  assertEquals(readIn(folder, "root/docs/local.txt"), "local");
  const listed = await program(["ls", target("/docs/")]);
  assertEquals(listed.stdout.trim().split("\n"), ["docs/a b.txt", "docs/local.txt"]);
  const said = await program(["say", target("", "&room=ops"), "hello"]);
  assertEquals([said.code, said.stderr], [0, ""]);
  const chat = await server.stdout.waitForEvent("chat");
  assertEquals([chat["room"], chat["text"]], ["ops", "hello"]);
  const script = await run("client", [target("", "&room=ops")], {
    cwd: folder.path,
    env: { XDG_CONFIG_HOME: join(folder.path, "config"), TCP_CHAT_PASSWORD: "secret word" },
    input: "chat from a script\nquit\n",
  });
  assertEquals(script.code, 0, script.stderr);
  await server.stdout.waitUntil(
    () => server.stdout.lines.some((line) => line.includes("from a script")),
    "the message of the script",
  );
  const line = server.stdout.lines.find((each) => each.includes("from a script"));
  assertEquals(JSON.parse(line ?? "{}").room, "ops");

  const other = await program(["ls", `tcp-chat://ana@${host}?fp=${"0".repeat(64)}`]);
  assertEquals(other.code, 6);
  const twice = await program(["ls", target("/docs"), "docs"]);
  assertEquals(twice.code, 2);
  assertStringIncludes(twice.stderr, "Two paths: docs in the address, and docs");
});
