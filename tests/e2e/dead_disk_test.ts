import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { DEAD_DISK } from "../helpers/dead_disk.ts";
import { type Command, programCommand, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const PRELOADED = fromFileUrl(new URL("../helpers/dead_disk.ts", import.meta.url));

/** A server whose disk stops answering when the test says so. */
async function startDying(folder: TempDir): Promise<ServerProgram> {
  const [deno, ...args] = programCommand("server");
  const command: Command = [deno, ...args.toSpliced(-1, 0, "--preload", PRELOADED)];
  const folders = { root: folder.join("root"), data: folder.join("data") };
  return await ServerProgram.start(folders, ["--no-console"], {
    command,
    env: { [DEAD_DISK]: folder.join("dead") },
  });
}

const onUnix = { ignore: Deno.build.os === "windows" }; // A signal ends a program without notice there

Deno.test({
  name: "tcp-chat-server: ends after SIGTERM where a look at the disk hangs, and says so",
  ...onUnix,
  async fn() {
    using folder = new TempDir();
    await using server = await startDying(folder);
    folder.write("dead", "looks");
    await server.stderr.waitFor(`hangs at ${folder.join("root")}`);
    server.kill("SIGTERM");
    assertEquals(await server.exitCode(), 1);
    assertStringIncludes(server.stdout.text, "Cannot close everything in time");
  },
});

Deno.test({
  name: "tcp-chat-server: ends after SIGTERM where its main thread hangs in the database",
  ...onUnix,
  async fn() {
    using folder = new TempDir();
    await using server = await startDying(folder);
    folder.write("dead", "database");
    server.kill("SIGTERM");
    assertEquals(await server.exitCode(), 137);
    assertStringIncludes(server.stdout.text, "stopping");
  },
});
