import { join } from "../../files/path.ts";
import { exists } from "../../files/exists.ts";
import type { LocalItem } from "../../files/local_tree.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";

const HINT = {
  en: "{path} has a .gitignore: --gitignore leaves out what git ignores",
  "pt-BR": "{path} tem um .gitignore: --gitignore deixa fora o que o git ignora",
} as const satisfies Text;

/** That `--gitignore` is for a folder that is sent without it; `null` where it is not. */
export function gitignoreHint(
  { type, path }: Pick<LocalItem, "type" | "path">,
  gitignore: boolean,
  { fill }: Locale,
): DisplayText | null {
  const isFor = type === "folder" && !gitignore && exists(join(path, ".gitignore"));
  return isFor ? fill(HINT, { path: cleanLine(path) }) : null;
}
