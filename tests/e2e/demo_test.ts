import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { run } from "../helpers/program.ts";

Deno.test("deno task demo: downloads every sample, chats both ways, and exits with 0, in Portuguese", async () => {
  const cwd = fromFileUrl(new URL("../..", import.meta.url));
  const options = { cwd, env: { LANG: "pt_BR.UTF-8" } };
  const { code, stdout, stderr } = await run([Deno.execPath(), "task", "-q"], ["demo"], options);
  assertEquals(code, 0, stderr);
  for (const name of ["teste_pequeno.txt", "arquivo_medio.txt", "arquivo_grande.bin"]) {
    assertMatch(stdout, new RegExp(`^${name}: .* SHA-256 verificado`, "m"));
  }
  assertMatch(stdout, /^O servidor ouviu: \S/m);
  assertMatch(stdout, /^O cliente ouviu: \[SERVER\]: \S/m);
});
