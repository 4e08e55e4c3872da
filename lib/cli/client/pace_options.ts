import { PACE_LIMITS } from "../../protocol/limits.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { parseDuration } from "../options/duration.ts";
import type { OptionTable } from "../options/options.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";

/** The client's options for how fast files move, and how often that is tried. */
export const PACE_OPTIONS = {
  bwlimit: {
    kind: "rate",
    placeholder: "RATE",
    minimum: PACE_LIMITS.bytesPerSecond,
    group: "files",
    help: {
      en: "file data a second, such as 2M or 500KiB (no limit)",
      "pt-BR": "dados de arquivos por segundo, como 2M ou 500KiB (sem limite)",
    },
  },
  retry: {
    kind: "integer",
    placeholder: "N",
    maximum: 1_000_000,
    group: "files",
    help: {
      en: "connect again up to N times, with growing pauses (4 within seconds)",
      "pt-BR": "conectar de novo até N vezes, com pausas crescentes (4 em segundos)",
    },
  },
  every: {
    kind: "text",
    placeholder: "TIME",
    group: "files",
    help: {
      en: "the same again, TIME (30s, 5m) after each end, until Ctrl-C",
      "pt-BR": "o mesmo de novo, TEMPO (30s, 5m) após cada fim, até Ctrl-C",
    },
  },
} as const satisfies OptionTable;

const TEXTS = {
  every: {
    en: "--every must be a time such as 30s or 5m, from 1s to 7d, not {value}",
    "pt-BR": "--every deve ser um tempo como 30s ou 5m, de 1s a 7d, não {value}",
  },
} as const satisfies Record<string, Text>;

/** The pause of `--every` in milliseconds; `null` without it. @throws {UsageError} */
export function readEvery(text: string | undefined, { fill }: Locale): number | null {
  if (text === undefined) return null;
  const ms = parseDuration(text, PACE_LIMITS.everyMsMin, PACE_LIMITS.everyMsMax);
  if (ms === null) throw new UsageError(fill(TEXTS.every, { value: text }));
  return ms;
}
