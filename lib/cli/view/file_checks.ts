import type { FileChecks } from "../../protocol/cluster_gauges.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";
import { formatDate } from "./format_time.ts";

const TEXTS = {
  since: {
    en: "all files checked since {date}",
    "pt-BR": "todos os arquivos verificados desde {date}",
  },
  unchecked: {
    en: "not all files checked yet",
    "pt-BR": "nem todos os arquivos verificados ainda",
  },
  damaged: {
    en: "{files|# damaged file|# damaged files} found",
    "pt-BR": "{files|# arquivo danificado encontrado|# arquivos danificados encontrados}",
  },
  wrong: {
    en: "{files|# file is|# files are} still damaged",
    "pt-BR": "{files|# arquivo segue danificado|# arquivos seguem danificados}",
  },
} as const satisfies Record<string, Text>;

/** What the checks of the files of a server say; nothing where there is nothing to say, or it does not tell. */
export function describeChecks(checks: FileChecks | null, { fill }: Locale): string[] {
  const { checkedMs = null, damagedFiles = 0, wrongFiles = 0 } = checks ?? {};
  return [
    ...(checkedMs === null ? [] : [
      checkedMs === 0 ? fill(TEXTS.unchecked) : fill(TEXTS.since, { date: formatDate(checkedMs) }),
    ]),
    ...(damagedFiles === 0 ? [] : [fill(TEXTS.damaged, { files: damagedFiles })]),
    ...(wrongFiles === 0 ? [] : [fill(TEXTS.wrong, { files: wrongFiles })]),
  ];
}
