/** A program is killed while it moves small files in batches. */
import { assert, assertEquals } from "@std/assert";
import { Program, run } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const FILES = 700;

function contentOf(name: string): string {
  return name.repeat(200);
}

const NAMES = Array.from({ length: FILES }, (_, i) => `${i}.txt`);

function makeFiles(): Record<string, string> {
  return Object.fromEntries(NAMES.map((name) => [`many/${name}`, contentOf(name)]));
}

/** Checks that every file under its name is whole. @returns the number of these */
function checkNamed(folder: TempDir, path: string): number {
  const names = folder.list(path).filter((name) => !name.startsWith(".tcp-chat"));
  for (const name of names) {
    assert(NAMES.includes(name), name);
    assertEquals(Deno.readTextFileSync(folder.join(path, name)), contentOf(name));
  }
  return names.length;
}

Deno.test("get: killed in a batch, leaves whole files only, and fetches the rest again", async () => {
  await using server = await startServer({}, makeFiles());
  using folder = new TempDir();
  const args = ["get", `127.0.0.1:${server.port}`, "many", "-o", "got", "--json"];
  const options = { cwd: folder.path };
  {
    await using program = new Program("client", args, options);
    await program.stdout.waitForEvent("done");
    program.kill("SIGKILL");
    await program.exitCode();
  }
  assert(checkNamed(folder, "got/many") > 0);
  const { code } = await run("client", args, options);
  assertEquals([code, checkNamed(folder, "got/many")], [0, FILES]);
  assertEquals(folder.list("got"), ["many"]); // Nothing of the first attempt is left
});

Deno.test("put: killed in a batch, leaves whole files only, and sends the rest again", async () => {
  await using server = await startServer({ uploads: true });
  using folder = new TempDir();
  for (const [path, content] of Object.entries(makeFiles())) folder.write(path, content);
  const args = ["put", `127.0.0.1:${server.port}`, "many", "--json"];
  const options = { cwd: folder.path };
  {
    await using program = new Program("client", args, options);
    await program.stdout.waitForEvent("done");
    program.kill("SIGKILL");
    await program.exitCode();
  }
  assert(checkNamed(server.root, "many") > 0);
  const { code } = await run("client", args, options);
  assertEquals([code, checkNamed(server.root, "many")], [0, FILES]);
});
