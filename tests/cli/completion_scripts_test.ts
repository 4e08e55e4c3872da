import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMPLETION_SCRIPTS, SHELLS } from "../../lib/cli/options/completion_scripts.ts";
import { run } from "../helpers/program.ts";
import { needing } from "../helpers/shell_session.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** What would run an answer of the program, or expand it. */
const EVALUATES =
  /\beval\b|compgen|\biex\b|Invoke-Expression|ScriptBlock\]::Create|\(e\)|\bsource\b|ExpandString/;

Deno.test("COMPLETION_SCRIPTS: evaluate no answer, in any shell", () => {
  assertEquals(Object.keys(COMPLETION_SCRIPTS), [...SHELLS]);
  for (const [shell, script] of Object.entries(COMPLETION_SCRIPTS)) {
    assertEquals(EVALUATES.exec(script), null, shell);
    assert(EVALUATES.test('compgen -W "$answer"') && EVALUATES.test("eval $x"));
  }
});

Deno.test("COMPLETION_SCRIPTS: complete both programs, and call the one that is typed", () => {
  for (const script of Object.values(COMPLETION_SCRIPTS)) {
    assert(/\btcp-chat\b.*\btcp-chat-server\b/.test(script));
    assert(/(?:\$program"?|\$words\[1\]) __complete \w+ /.test(script), script);
  }
});

Deno.test("COMPLETION_SCRIPTS: the one of PowerShell closes what it opens, and passes an empty word", () => {
  const script = COMPLETION_SCRIPTS.powershell;
  for (const pair of ["{}", "()", "[]"]) {
    const [opened, closed] = [...pair].map((character) => script.split(character).length);
    assertEquals(opened, closed, pair);
  }
  // An empty argument would be dropped by PowerShell 5
  assertStringIncludes(script, '"=$wordToComplete"');
  assertStringIncludes(script, "[Console]::OutputEncoding = [System.Text.Encoding]::UTF8");
});

for (const shell of ["bash", "zsh", "fish"] as const) {
  Deno.test({
    name: `COMPLETION_SCRIPTS: ${shell} finds no mistake in its script`,
    ...needing(shell),
    async fn() {
      using folder = new TempDir();
      const path = folder.join("script");
      Deno.writeTextFileSync(path, COMPLETION_SCRIPTS[shell]);
      const { code, stderr } = await run([`/usr/bin/${shell}`, "-n"], [path]);
      assertEquals([code, stderr], [0, ""]);
    },
  });
}
