/** Where the server keeps its state. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Program, run } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const ARGS = ["-p", "0", "-H", "127.0.0.1"];

Deno.test("tcp-chat-server: refuses to start without a home, unless --data names a folder", async () => {
  using folder = new TempDir();
  const options = { cwd: folder.path, env: { HOME: "", USERPROFILE: "", XDG_STATE_HOME: "" } };
  for (const args of [ARGS, ["user", "list"]]) {
    const { code, stderr } = await run("server", args, options);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "--data");
    assertEquals(folder.list(), []);
  }
  await using server = new Program("server", [...ARGS, "--data", "here"], options);
  await server.stdout.waitFor(folder.join("here"));
});

Deno.test("tcp-chat-server: refuses a data folder that another server uses, in words", async () => {
  using folder = new TempDir();
  const options = { cwd: folder.path, env: { XDG_STATE_HOME: folder.join("state") } };
  await using first = new Program("server", ARGS, options);
  await first.stdout.waitFor(" listens on ");
  const { code, stderr } = await run("server", ARGS, options);
  assertEquals(code, 7);
  assertStringIncludes(stderr, "another server uses it; name another one with --data");
  await using other = new Program("server", [...ARGS, "-r", "other"], options);
  await other.stdout.waitFor(" listens on ");
  assertEquals(folder.list("state/tcp-chat/servers").length, 2);
  assertEquals((await run("server", ["user", "list"], options)).code, 0); // Needs no lock
});

Deno.test("tcp-chat-server: takes over the state of an earlier version once, and says so", async () => {
  using folder = new TempDir();
  folder.write("state/tcp-chat/rules", "* read *\n");
  const options = { cwd: folder.path, env: { XDG_STATE_HOME: folder.join("state") } };
  const first = await run("server", ["user", "list", "-r", "one"], options);
  assertStringIncludes(first.stderr, "Each served folder now has state of its own");
  const second = await run("server", ["user", "list", "-r", "two"], options);
  assertStringIncludes(second.stderr, "is new and empty");
  const third = await run("server", ["user", "list", "-r", "one"], options);
  assertEquals([third.code, third.stderr], [0, ""]);
});
