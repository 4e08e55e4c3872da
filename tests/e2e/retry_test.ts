import { assert, assertEquals, assertMatch } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { bytesAt } from "../helpers/bytes_at.ts";
import { freePort } from "../helpers/free_port.ts";
import { Program, run, ServerProgram } from "../helpers/program.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(3_000_000);
/** Slow enough to be killed in the middle. */
const RATE = ["--bwlimit", "500k"];

/** A server that can be killed and started again on the same port. */
function startOn(folder: TempDir, port: number, ...args: string[]): Promise<ServerProgram> {
  const folders = { root: folder.join("root"), data: folder.join("data") };
  return ServerProgram.start(folders, ["-p", String(port), ...args]);
}

Deno.test("get --retry: goes on where it stopped when the server is back after a kill", async () => {
  using folder = new TempDir();
  folder.write("root/a.bin", CONTENT);
  const port = freePort();
  await using first = await startOn(folder, port, ...RATE);
  const args = ["get", `127.0.0.1:${port}`, "a.bin", "--retry", "20", "--json"];
  await using client = new Program("client", args, { cwd: folder.path });
  const part = "client_downloads/.tcp-chat/a.bin.part";
  await until(() => bytesAt(folder, part) > 0, "the part to be written");
  first.kill("SIGKILL");
  await client.stdout.waitForEvent("retry");
  await first.exitCode();
  await using _second = await startOn(folder, port);
  const { resumedFrom } = await client.stdout.waitForEvent("done");
  assertEquals(await client.exitCode(), 0);
  assert(Number(resumedFrom) > 0, `${resumedFrom}`);
  assertEquals(folder.list("client_downloads"), ["a.bin"]);
  const received = Deno.readFileSync(folder.join("client_downloads/a.bin"));
  assertEquals(sha256Of(received), sha256Of(CONTENT));
});

Deno.test("put --retry: goes on where it stopped when the server is back after a kill", async () => {
  using folder = new TempDir();
  folder.write("a.bin", CONTENT);
  const port = freePort();
  await using first = await startOn(folder, port, "-u", ...RATE);
  const args = ["put", `127.0.0.1:${port}`, "a.bin", "--retry", "20", "--json"];
  await using client = new Program("client", args, { cwd: folder.path });
  const names = () => folder.list("root").filter((name) => !name.endsWith("/"));
  const isUnderWay = () => names().some((name) => bytesAt(folder, `root/${name}`) > 500_000);
  await until(isUnderWay, "the part to be written");
  first.kill("SIGKILL");
  await client.stdout.waitForEvent("retry");
  await first.exitCode();
  await using _second = await startOn(folder, port, "-u");
  const { resumedFrom } = await client.stdout.waitForEvent("done");
  assertEquals(await client.exitCode(), 0);
  assert(Number(resumedFrom) > 0, `${resumedFrom}`);
  assertEquals(sha256Of(Deno.readFileSync(folder.join("root/a.bin"))), sha256Of(CONTENT));
});

Deno.test("get --retry: waits for a server that is not there yet", async () => {
  using folder = new TempDir();
  folder.write("root/a.bin", "a");
  const port = freePort();
  const args = ["get", `127.0.0.1:${port}`, "a.bin", "--retry", "20"];
  await using client = new Program("client", args, { cwd: folder.path });
  await client.stderr.waitFor(/; trying again in [\d.]+ s\n/);
  await using _server = await startOn(folder, port);
  assertEquals(await client.exitCode(), 0);
});

Deno.test("get --retry: exits with 3 after the last attempt, and at once with 0", async () => {
  using folder = new TempDir();
  const get = (retries: string) =>
    run("client", ["get", `127.0.0.1:${freePort()}`, "a", "--retry", retries], {
      cwd: folder.path,
    });
  const twice = await get("2");
  assertEquals(twice.code, 3);
  assertEquals(twice.stderr.match(/; trying again in/g)?.length, 2);
  const never = await get("0");
  assertEquals(never.code, 3);
  assertMatch(never.stderr, /^tcp-chat: (?!.*trying again)/);
});
