import { assertEquals } from "@std/assert";
import { gitignoreHint } from "../../lib/cli/commands/gitignore_hint.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("gitignoreHint: is for a folder with a .gitignore that is sent without --gitignore", () => {
  using folder = new TempDir();
  folder.write("with/.gitignore", "*.o");
  folder.write("without/a", "a");
  const hint = (name: string, gitignore: boolean, type: "file" | "folder" = "folder") =>
    gitignoreHint({ type, path: folder.join(name) }, gitignore, makeLocale("en")) !== null;
  assertEquals([hint("with", false), hint("with", true), hint("without", false)], [
    ...[true, false, false],
  ]);
  assertEquals(hint("with/.gitignore", false, "file"), false);
});
