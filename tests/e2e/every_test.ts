import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { bytesAt } from "../helpers/bytes_at.ts";
import { freePort } from "../helpers/free_port.ts";
import { Program, run, ServerProgram } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const LINE = /^\d\d:\d\d:\d\d /;

/** A client that repeats `command` in its folder. */
function repeat(command: "get" | "put", port: number, folder: TempDir, ...args: string[]) {
  const all = [command, `127.0.0.1:${port}`, "--every", "1s", "--replace", ...args];
  return new Program("client", all, { cwd: folder.path });
}

/** The rounds that `--json` has told of. */
function roundsOf({ stdout }: Program): Record<string, unknown>[] {
  return stdout.lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "round");
}

/** Resolves to the first round that fits, of those after the ones so far. */
async function nextRound(
  client: Program,
  fits: (round: Record<string, unknown>) => boolean = () => true,
): Promise<Record<string, unknown>> {
  const before = roundsOf(client).length;
  const find = () => roundsOf(client).slice(before).find(fits);
  await client.stdout.waitUntil(() => find() !== undefined, "a round");
  return find()!;
}

/** Ends a client between two rounds, and returns its exit code. */
async function stop(client: Program, signal: Deno.Signal = "SIGINT"): Promise<number> {
  await nextRound(client);
  client.kill(signal);
  return await client.exitCode();
}

Deno.test("get --every: fetches what has changed, over one connection, until Ctrl-C", async () => {
  await using server = await startServer({}, { "p/a.txt": "1", "p/b.txt": "2" });
  using folder = new TempDir();
  await using client = repeat("get", server.port, folder, "p", "-o", ".", "--json");
  const first = await nextRound(client);
  const { round, files, bytes, skipped, failed, deleted, omitted, exitCode } = first;
  assertEquals([round, files, bytes, skipped], [1, 2, 2, 0]);
  assertEquals([failed, deleted, omitted, exitCode], [0, 0, 0, 0]);
  const same = await nextRound(client);
  assertEquals([same.files, same.bytes, same.skipped], [0, 0, 2]);
  server.root.write("p/b.txt", "22");
  const changed = await nextRound(client, ({ files }) => files !== 0);
  assertEquals([changed.files, changed.bytes, changed.skipped], [1, 2, 1]);
  assertEquals(Deno.readTextFileSync(folder.join("p/b.txt")), "22");
  assertEquals(await stop(client), 0);
  const done = client.stdout.lines.map((line) => JSON.parse(line))
    .filter(({ event }) => event === "done").map(({ path }) => path);
  assertEquals(done.toSorted(), ["p/a.txt", "p/b.txt", "p/b.txt"]);
  assertEquals(server.eventsOf("connected").length, 1);
  assertEquals(client.stderr.text, "");
});

Deno.test("get --every: writes a line for a round that changed something, and none for others", async () => {
  await using server = await startServer({}, { "p/a.txt": "1", "p/b.txt": "2" });
  using folder = new TempDir();
  await using client = repeat("get", server.port, folder, "p", "-o", ".");
  await client.stdout.waitFor("\n");
  server.root.write("p/a.txt", "333");
  const isTwo = () => client.stdout.lines.length === 2;
  await client.stdout.waitUntil(isTwo, "a second line");
  client.kill("SIGTERM");
  assertEquals(await client.exitCode(), 0);
  const [first = "", second = "", ...others] = client.stdout.lines;
  assertMatch(first, LINE);
  assertStringIncludes(first, " 2 files, 2 B in ");
  assertStringIncludes(second, " 1 file, 3 B in ");
  assertEquals([others, client.stderr.text], [[], ""]);
});

Deno.test("get --every: goes on after a failure, and ends with the exit code of the last round", async () => {
  await using server = await startServer();
  using folder = new TempDir();
  await using client = repeat("get", server.port, folder, "a.txt", "-o", ".", "--json");
  const { exitCode, failed } = await nextRound(client);
  assertEquals([exitCode, failed], [4, 1]);
  assertMatch(client.stderr.text, /^a\.txt: File not found\n/);
  server.root.write("a.txt", "1");
  await nextRound(client, ({ files }) => files === 1);
  Deno.removeSync(server.root.join("a.txt"));
  await nextRound(client, ({ exitCode }) => exitCode === 4);
  assertEquals(await stop(client), 4);
  assertEquals(folder.list(), ["a.txt"]);
});

Deno.test("get --every: connects again when the server was killed and started between rounds", async () => {
  using folder = new TempDir();
  folder.write("root/a.txt", "1");
  const port = freePort();
  const folders = { root: folder.join("root"), data: folder.join("data") };
  const start = () => ServerProgram.start(folders, ["-p", String(port)]);
  await using first = await start();
  await using client = repeat("get", port, folder, "a.txt", "--json");
  await nextRound(client);
  first.kill("SIGKILL");
  await first.exitCode();
  const away = await nextRound(client, ({ exitCode }) => exitCode !== 0);
  assertEquals([away.exitCode, away.files], [3, 0]);
  await nextRound(client, ({ exitCode }) => exitCode === 3);
  assertStringIncludes(client.stderr.text, "tcp-chat: Cannot connect to ");
  folder.write("root/a.txt", "22");
  await using _second = await start();
  await nextRound(client, ({ files }) => files === 1);
  assertEquals(Deno.readTextFileSync(folder.join("client_downloads/a.txt")), "22");
  assertEquals(await stop(client), 0);
});

Deno.test("put --every: sends what has changed, and what is new", async () => {
  await using server = await startServer({ uploads: true });
  using folder = new TempDir();
  folder.write("p/a.txt", "1");
  const args = ["p", "--exclude", "*.tmp", "--json"];
  await using client = repeat("put", server.port, folder, ...args);
  await nextRound(client);
  folder.write("p/a.txt", "22");
  folder.write("p/sub/b.txt", "3");
  folder.write("p/c.tmp", "4");
  await until(() => server.root.list("p").includes("sub"), "the new folder");
  await nextRound(client, ({ skipped }) => skipped === 2);
  assertEquals(server.root.list("p"), ["a.txt", "sub"]);
  assertEquals(Deno.readTextFileSync(server.root.join("p/a.txt")), "22");
  assertEquals(await stop(client, "SIGTERM"), 0);
});

Deno.test("get --every: with --delete counts what it deletes, and keeps the files of its options", async () => {
  await using server = await startServer({}, { "p/a.txt": "1", "p/b.txt": "2" });
  using folder = new TempDir();
  folder.write("p/SUMS", "");
  folder.write("p/RULES", "*.tmp\n");
  const options = ["--sums", "p/SUMS", "--exclude-from", "p/RULES"];
  const args = ["p", "-o", ".", "--delete", "--yes", ...options];
  await using client = repeat("get", server.port, folder, ...args);
  await client.stdout.waitFor(" 2 files, ");
  Deno.removeSync(server.root.join("p/b.txt"));
  await client.stdout.waitFor(/ 1 file was deleted here\n/);
  client.kill("SIGINT");
  assertEquals(await client.exitCode(), 0);
  assertEquals(client.stdout.lines.length, 2);
  assertEquals(folder.list("p"), ["RULES", "SUMS", "a.txt"]);
  assertMatch(Deno.readTextFileSync(folder.join("p/SUMS")), /^[0-9a-f]{64} {2}p\/a\.txt\n$/);
});

Deno.test({
  name: "put --every: says once what is left out, and ends with 8",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using server = await startServer({ uploads: true });
    using folder = new TempDir();
    folder.write("p/a.txt", "1");
    Deno.symlinkSync("nowhere", folder.join("p/dead"));
    await using client = repeat("put", server.port, folder, "p", "--json");
    assertEquals((await nextRound(client)).omitted, 1);
    assertEquals((await nextRound(client)).omitted, 1);
    Deno.symlinkSync("nowhere", folder.join("p/dead2"));
    assertEquals((await nextRound(client, ({ omitted }) => omitted === 2)).exitCode, 8);
    assertEquals(await stop(client), 8);
    assertEquals(client.stderr.text.match(/dead\b/g)?.length, 1);
    assertEquals(client.stderr.text.match(/dead2/g)?.length, 1);
  },
});

Deno.test("get --every: ends with 130 in a round, and the next start goes on there", async () => {
  await using server = await startServer();
  server.root.write("a.bin", patternedBytes(3_000_000));
  using folder = new TempDir();
  const slow = ["--bwlimit", "500k"];
  await using client = repeat("get", server.port, folder, "a.bin", "-o", ".", ...slow);
  await until(() => bytesAt(folder, ".tcp-chat/a.bin.part") > 0, "the part to be written");
  client.kill("SIGINT");
  assertEquals(await client.exitCode(), 130);
  assertEquals(client.stderr.text.match(/Interrupted/g)?.length, 1);
  assert(bytesAt(folder, ".tcp-chat/a.bin.part") > 0);
});

Deno.test("get --every: ends at once without a server, and with one of protocol 1", async () => {
  using folder = new TempDir();
  const get = (port: number, ...args: string[]) =>
    run("client", ["get", `127.0.0.1:${port}`, "a", "--every", "1s", "--replace", ...args], {
      cwd: folder.path,
    });
  assertEquals((await get(freePort())).code, 3);
  await using server = await startServer({}, { a: "1" });
  assertEquals((await get(server.port, "--protocol", "1")).code, 1);
  assertEquals(folder.list(), []);
});

const REFUSED = [
  ["get", "a", "--every", "1s"],
  ["get", "a", "--every", "1s", "--replace", "--stdout"],
  ["get", "a", "--every", "1s", "--replace", "-n"],
  ["get", "a", "--every", "1s", "--replace", "--delete"],
  ["get", "a", "--every", "0s", "--replace"],
  ["put", "a", "--every", "1s", "-n"],
  ["put", "a", "--every", "8d"],
  ["put", "a", "--every", "1s", "--sums", "a/SUMS"],
] as const;

Deno.test("get, put --every: refuse what cannot be repeated", async () => {
  for (const [command, ...args] of REFUSED) {
    const { code, stderr } = await run("client", [command, "127.0.0.1:1", ...args]);
    assertEquals(code, 2, args.join(" "));
    assertMatch(stderr, /--every/);
  }
});
