import type { Check, CheckStatus } from "../../protocol/check.ts";
import { fill, type Parameters, type Text } from "../../protocol/fill_text.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import { CHECK_NAMES, DATA_WORDS } from "../texts/doctor_texts.ts";
import type { FindingText } from "../texts/check_text.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { jsonLine } from "./json_line.ts";

/** How checks are printed. */
export interface CheckFormat {
  readonly texts: Readonly<Record<string, FindingText>>;
  /** Exit codes of findings; others are those of the error behind, or of a lost connection. */
  readonly exits?: Readonly<Record<string, number>>;
  readonly locale: Locale;
  /** How the server's program is typed: `{program}` in the texts. */
  readonly program: string;
  /** The system of this machine, as `Deno.build.os` says. */
  readonly os: string;
}

const STATUS: Readonly<Record<CheckStatus, Text>> = {
  ok: { en: "ok", "pt-BR": "ok" },
  warn: { en: "warn", "pt-BR": "aviso" },
  fail: { en: "FAIL", "pt-BR": "FALHA" },
  skip: { en: "skip", "pt-BR": "-" },
};

const SUMMARY = {
  well: {
    en: "All is well{warnings|.|; # warning.|; # warnings.}",
    "pt-BR": "Tudo certo{warnings|.|; # aviso.|; # avisos.}",
  },
  failed: {
    en: "{failed|# check|# checks} failed{warnings|.|, with # warning.|, with # warnings.}",
    "pt-BR": "{failed|# falha|# falhas}{warnings|.|, com # aviso.|, com # avisos.}",
  },
} as const satisfies Record<string, Text>;

/** Of a value, and of a list of values. */
const SHOWN_CHARACTERS = 300;
const SHOWN_VALUES = 32;
const STATUS_WIDTH = 6;
const NAME_WIDTH = 12;
/** Data that are sizes, numbers with a decimal place, and large numbers. */
const SIZES: ReadonlySet<string> = new Set(["up", "down", "free", "size"]);
const COUNTS: ReadonlySet<string> = new Set([
  "bytes",
  "passed",
  "stuck",
  "ms",
  "limit",
  "room",
  "wanted",
]);
const DECIMALS: ReadonlySet<string> = new Set(["seconds", "half", "most"]);

/** The checks so far: what they come to in the end. */
export class CheckSummary {
  failed = 0;
  warnings = 0;
  /** The exit code: that of the first failure. */
  exitCode: number = EXIT.done;

  /** Counts a check. */
  add(check: Check, format: CheckFormat): void {
    if (check.status === "warn") this.warnings++;
    if (check.status !== "fail") return;
    if (this.failed++ === 0) this.exitCode = exitCodeOf(check, format);
  }

  /** The last line. */
  format({ fill }: Locale): DisplayText {
    const { failed, warnings } = this;
    const text = failed === 0 ? fill(SUMMARY.well, { warnings }) : fill(SUMMARY.failed, {
      failed,
      warnings,
    });
    return cleanLine(text);
  }
}

/** A check on a line, with its advice below; none for one that tells nothing. */
export function formatCheck(check: Check, format: CheckFormat): DisplayText[] {
  const { id, status, finding } = check;
  if (status === "skip" && isPlain(finding)) return [];
  const { fill } = format.locale;
  const name = CHECK_NAMES[id] ?? { en: id, "pt-BR": id };
  const head = fill(STATUS[status]).padEnd(STATUS_WIDTH) + fill(name).padEnd(NAME_WIDTH);
  const advice = hintsOf(check, format).map((line) => cleanLine(`      - ${line}`));
  return [cleanLine(`${head}${textOf(check, format)}`), ...advice];
}

/** A check as a line of JSON. */
export function checkJson(check: Check, format: CheckFormat): string {
  const { id, status, finding, data, ms, error } = check;
  const hints = hintsOf(check, format);
  return jsonLine({
    event: "check",
    id,
    status,
    finding,
    text: textOf(check, format),
    ...(hints.length > 0 && { hints }),
    ms,
    data,
    ...(error !== undefined && { code: format.locale.failure(error).code }),
  });
}

/** Skipped checks that need no words: an earlier check failed, or there is nothing to look up. */
function isPlain(finding: string): boolean {
  return finding.endsWith("-untried") || finding === "name-literal";
}

function textOf(check: Check, format: CheckFormat): string {
  const { texts, locale } = format;
  const text = texts[check.finding]?.text;
  return text === undefined
    ? check.finding
    : fill(text, locale.language, parametersOf(check, format));
}

/** The advice for a finding on this system. */
function hintsOf(check: Check, format: CheckFormat): string[] {
  const { texts, locale, os } = format;
  const parameters = parametersOf(check, format);
  return (texts[check.finding]?.hints ?? [])
    .filter((hint) => hint.os === undefined || hint.os === os)
    .map(({ text }) => fill(text, locale.language, parameters));
}

function parametersOf({ data, error }: Check, { locale, program }: CheckFormat): Parameters {
  const shown = Object.entries(data).map(([key, value]) => [key, shownValue(key, value, locale)]);
  const reason = error === undefined ? {} : { reason: locale.failure(error).message };
  return { program, ...Object.fromEntries(shown), ...reason };
}

function shownValue(key: string, value: Check["data"][string], locale: Locale): string {
  if (typeof value === "number") {
    if (SIZES.has(key)) return locale.size(value);
    if (DECIMALS.has(key)) return locale.decimal(value);
    return COUNTS.has(key) ? value.toLocaleString(locale.language) : String(value);
  }
  if (typeof value !== "string") return shorten(value.slice(0, SHOWN_VALUES).join(", "));
  return DATA_WORDS[key]?.[value]?.[locale.language] ?? shorten(value);
}

/** A text of a peer, on a line and no longer than it takes to tell what it is. */
function shorten(text: string): DisplayText {
  const clean = cleanLine(text);
  return clean.length <= SHOWN_CHARACTERS
    ? clean
    : cleanLine(`${clean.slice(0, SHOWN_CHARACTERS)}…`);
}

function exitCodeOf({ finding, error }: Check, { exits = {}, locale }: CheckFormat): number {
  const ofFinding = exits[finding];
  if (ofFinding !== undefined) return ofFinding;
  return error === undefined ? EXIT.connection : locale.failure(error).exitCode;
}
