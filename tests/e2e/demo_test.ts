import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { run } from "../helpers/program.ts";

Deno.test("deno task demo: downloads every sample, chats both ways, and exits with 0", async () => {
  const cwd = fromFileUrl(new URL("../..", import.meta.url));
  const { code, stdout, stderr } = await run([Deno.execPath(), "task", "-q"], ["demo"], { cwd });
  assertEquals(code, 0, stderr);
  for (const name of ["teste_pequeno.txt", "arquivo_medio.txt", "arquivo_grande.bin"]) {
    assertMatch(stdout, new RegExp(`^${name}: \\d+ bytes in .* SHA-256 verified`, "m"));
  }
  assertMatch(stdout, /^The server heard: \S/m);
  assertMatch(stdout, /^The client heard: \[SERVER\]: \S/m);
});
