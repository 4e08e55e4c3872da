import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { run } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(2_000_000);

/** Runs `get --json`, and parses its output. */
async function get(folder: TempDir, port: number, ...paths: string[]) {
  const args = ["get", `127.0.0.1:${port}`, "--json", "-o", folder.path, ...paths];
  const { code, stdout, stderr } = await run("client", args);
  const objects = stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  return { code, objects, stderr };
}

Deno.test("get --json: writes progress, done and a summary for a file, with all members", async () => {
  await using server = await startServer({}, { "file.bin": CONTENT });
  using folder = new TempDir();
  const { code, objects, stderr } = await get(folder, server.port, "file.bin");
  assertEquals([code, stderr], [0, ""]);
  const [done, summary] = objects.slice(-2);
  assert(done.seconds > 0 && done.seconds < 10);
  assertEquals(done, {
    event: "done",
    path: "file.bin",
    file: folder.join("file.bin"),
    bytes: CONTENT.length,
    sha256: sha256Of(CONTENT),
    seconds: done.seconds,
    resumedFrom: 0,
  });
  const { seconds } = summary;
  assert(seconds > 0 && seconds < 10);
  const counts = { files: 1, bytes: CONTENT.length, skipped: 0, failed: 0 };
  assertEquals(summary, { event: "summary", ...counts, seconds });
  const progress = objects.slice(0, -2);
  assert(progress.length >= 1);
  for (const { bytes, ...rest } of progress) {
    assert(bytes >= 0 && bytes <= CONTENT.length);
    assertEquals(rest, { event: "progress", path: "file.bin", total: CONTENT.length });
  }
});

Deno.test("get --json: writes that an existing file is skipped", async () => {
  await using server = await startServer({}, { "file.bin": CONTENT });
  using folder = new TempDir();
  folder.write("file.bin", CONTENT);
  const { code, objects } = await get(folder, server.port, "file.bin");
  assertEquals(code, 0);
  const [{ event, skipped, file }, summary] = objects.slice(-2);
  assertEquals([event, skipped, file], ["done", true, folder.join("file.bin")]);
  assertEquals([summary.files, summary.skipped, summary.bytes], [0, 1, 0]);
});

Deno.test("get --json: writes a failure with code, message and path, and as text to standard error", async () => {
  await using server = await startServer({}, { "file.bin": CONTENT });
  using folder = new TempDir();
  const { code, objects, stderr } = await get(folder, server.port, "missing", "file.bin");
  assertEquals(code, 4);
  assertEquals(objects.filter(({ event }) => event === "error"), [
    { event: "error", code: "not-found", message: "File not found", path: "missing" },
  ]);
  assertEquals(objects.filter(({ event }) => event === "done").length, 1);
  assertEquals(stderr, "missing: File not found\n1 of 2 files failed\n");
});

Deno.test("get --json: writes a failed connection once", async () => {
  using folder = new TempDir();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, objects } = await get(folder, port, "a", "b");
  assertEquals(code, 3);
  const errors = objects.map(({ event, code, path }) => [event, code, path]);
  assertEquals(errors, [["error", "refused", undefined]]);
});

Deno.test("get --json: writes a usage error as an object, too", async () => {
  const { code, stdout, stderr } = await run("client", ["get", "localhost", "--json"]);
  const message = "Which file? Give its path";
  assertEquals(code, 2);
  assertEquals(JSON.parse(stdout), { event: "error", code: "usage", message });
  assertEquals(stderr, `tcp-chat: ${message}\n`);
});

Deno.test("get --json: keeps control characters of a path in JSON, and removes them from text", async () => {
  await using server = await startServer();
  using folder = new TempDir();
  const path = "a\x1b[2J\nb";
  const { objects, stderr } = await get(folder, server.port, path);
  const events = objects.map(({ event, path }) => [event, path]);
  assertEquals(events, [["error", path], ["summary", undefined]]);
  assertStringIncludes(stderr, "a[2J b: ");
});
