import type { TransferAllResult } from "../../client/batch.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { isPattern } from "../../protocol/is_pattern.ts";

const HINTS = {
  get: {
    en: "To put the files into {path}: -o {path}",
    "pt-BR": "Para guardar os arquivos em {path}: -o {path}",
  },
  put: {
    en: "To put the files into {path} on the server: --to {path}",
    "pt-BR": "Para pôr os arquivos em {path}, no servidor: --to {path}",
  },
} as const satisfies Record<string, Text>;

/** What was asked for. */
interface Asked {
  readonly paths: readonly string[];
  readonly format: { readonly locale: Locale };
}

/** Which option names the folder for the files, if the last of several paths may be meant as that; else `null`. */
export function placeHint(
  command: keyof typeof HINTS,
  { paths, format: { locale: { fill, failure } } }: Asked,
  { failures }: Pick<TransferAllResult, "failures">,
): DisplayText | null {
  const last = paths.at(-1) ?? "";
  const failed = failures.find(({ path }) => path === last);
  if (paths.length < 2 || failed === undefined || isPattern(last)) return null;
  if (failure(failed.error).exitCode !== EXIT.notFound) return null;
  return fill(HINTS[command], { path: cleanLine(last) });
}
