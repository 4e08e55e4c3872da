import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { DEAD_DISK } from "../helpers/dead_disk.ts";
import { type Command, Program, programCommand, ServerProgram } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const PRELOADED = fromFileUrl(new URL("../helpers/dead_disk.ts", import.meta.url));

/** The command of a program whose disk stops answering when the test says so. */
function dying(program: "server" | "client"): Command {
  const [deno, ...args] = programCommand(program);
  return [deno, ...args.toSpliced(-1, 0, "--preload", PRELOADED)];
}

/** A server whose disk stops answering when the test says so. */
async function startDying(folder: TempDir): Promise<ServerProgram> {
  const folders = { root: folder.join("root"), data: folder.join("data") };
  return await ServerProgram.start(folders, ["--no-console"], {
    command: dying("server"),
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

Deno.test({
  name: "tcp-chat put: ends after one SIGTERM where a look at the disk hangs",
  ...onUnix,
  async fn() {
    using folder = new TempDir();
    await using server = await startServer({ uploads: true });
    const dead = folder.write("dead", "looks");
    const args = ["put", `localhost:${server.port}`, folder.write("a.txt", "hello")];
    await using client = new Program(dying("client"), args, { env: { [DEAD_DISK]: dead } });
    await client.stderr.waitFor("hangs at");
    client.kill("SIGTERM");
    assertEquals(await client.exitCode(), 130);
  },
});
