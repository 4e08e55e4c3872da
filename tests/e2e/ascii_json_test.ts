import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const ASCII_LINES = /^[\n -~]+$/;

Deno.test("TCP_CHAT_ASCII: leaves only ASCII in the JSON lines of both programs", async () => {
  using folder = new TempDir();
  folder.write("raiz ção/ação 😀.txt", "ação");
  await using server = await ServerProgram.start(
    { root: folder.join("raiz ção"), data: folder.join("data") },
    ["--no-console", "--json"],
    { env: { TCP_CHAT_ASCII: "1" } },
  );
  assertStringIncludes(server.stdout.text, String.raw`raiz \u00e7\u00e3o`);
  assertMatch(server.stdout.text, ASCII_LINES);
  const address = `127.0.0.1:${server.port}`;
  const env = { TCP_CHAT_ASCII: "1" };
  const listed = await run("client", ["ls", address, "--json"], { env });
  assertEquals(JSON.parse(listed.stdout.trim()).path, "ação 😀.txt");
  assertMatch(listed.stdout, ASCII_LINES);
  const failed = await run("client", ["get", address, "não", "--json", "--ação"], { env });
  assertEquals([failed.code, failed.stdout.includes("\\u00e7")], [2, true]);
  assertMatch(failed.stdout, ASCII_LINES);
  const invalid = await run("client", ["ls", address], { env: { TCP_CHAT_ASCII: "x" } });
  assertEquals(invalid.code, 2);
  assertStringIncludes(invalid.stderr, "TCP_CHAT_ASCII must be 1 or 0, not x");
});
