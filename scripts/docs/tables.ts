import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { CONSOLE_HELP, consoleUsages } from "../../lib/cli/server/console_help.ts";
import { placeholderIn } from "../../lib/cli/options/placeholders.ts";
import { CLIENT_PROGRAM } from "../../lib/cli/client/client_program.ts";
import { COMMANDS } from "../../lib/cli/interactive/commands.ts";
import { allOptions, type Command, visibleCommands } from "../../lib/cli/options/command.ts";
import type { OptionSpec } from "../../lib/cli/options/options.ts";
import { SERVER_PROGRAM } from "../../lib/cli/server/server_program.ts";
import { EXIT } from "../../lib/cli/texts/failure.ts";
import type { FindingText } from "../../lib/cli/texts/check_text.ts";
import { CHECK_NAMES, DOCTOR_TEXTS } from "../../lib/cli/texts/doctor_texts.ts";
import { SERVER_DOCTOR_TEXTS } from "../../lib/cli/texts/server_doctor_texts.ts";
import { FINDINGS } from "../../lib/client/findings.ts";
import { checkIdOf, type CheckStatus } from "../../lib/protocol/check.ts";
import type { Text } from "../../lib/protocol/fill_text.ts";
import { SERVER_FINDINGS } from "../../lib/server/findings.ts";
import type { Language } from "../../lib/protocol/errors.ts";
import { EVENT_TEXTS, EXIT_TEXTS } from "./texts.ts";

type MakeTable = (language: Language) => string;

/** The tables of the documentation, by the names that stand in its markers. */
export const TABLES: Readonly<Record<string, MakeTable>> = {
  ...optionTables("client", CLIENT_PROGRAM),
  ...optionTables("server", SERVER_PROGRAM),
  "client troubles": (language) => makeTroubles(FINDINGS, DOCTOR_TEXTS, language),
  "server troubles": (language) => makeTroubles(SERVER_FINDINGS, SERVER_DOCTOR_TEXTS, language),
  "commands": makeCommands,
  "console commands": makeConsoleCommands,
  "exit codes": makeExitCodes,
  "log events": makeLogEvents,
};

const HEADS = {
  option: { en: "option", "pt-BR": "opção" },
  command: { en: "command", "pt-BR": "comando" },
  only: { en: "only of", "pt-BR": "só de" },
  otherLanguage: { en: "in Portuguese", "pt-BR": "em inglês" },
  effect: { en: "what it does", "pt-BR": "o que faz" },
  exitCode: { en: "exit code", "pt-BR": "código de saída" },
  event: { en: "event", "pt-BR": "evento" },
  meaning: { en: "meaning", "pt-BR": "significado" },
  check: { en: "check", "pt-BR": "verificação" },
  said: { en: "what it says", "pt-BR": "o que diz" },
  remedy: { en: "what to do", "pt-BR": "o que fazer" },
  also: { en: "also {words}", "pt-BR": "também {words}" },
} as const satisfies Record<string, Text>;

/** An option, and the commands that have it so; none for one of the program itself. */
interface OptionRow {
  readonly name: string;
  readonly spec: OptionSpec;
  readonly commands: readonly string[];
}

/** A table for each group of the help, `client options: files` and so on. */
function optionTables(program: string, root: Command): Record<string, MakeTable> {
  const rows = optionRows(root);
  const groups = [...new Set(rows.map(({ spec: { group } }) => group))];
  return Object.fromEntries(groups.map((group) => [
    `${program} options: ${group}`,
    (language: Language) => makeOptions(rows.filter(({ spec }) => spec.group === group), language),
  ]));
}

/** All options, those of the program first; a row for each meaning that an option has. */
function optionRows(root: Command): OptionRow[] {
  const own = Object.entries(root.options).map(([name, spec]) => ({ name, spec, commands: [] }));
  const rows = new Map<OptionSpec, OptionRow>();
  for (const [word, command] of visibleCommands(root).filter(([name]) => name !== "serve")) {
    for (const [name, spec] of Object.entries(allOptions(command))) {
      if (root.options[name] === spec) continue;
      const commands = [...rows.get(spec)?.commands ?? [], word];
      rows.set(spec, { name, spec, commands });
    }
  }
  return [...own, ...rows.values()];
}

function makeOptions(rows: readonly OptionRow[], language: Language): string {
  const cells = rows.map(({ name, spec: { short, placeholder, help }, commands }) => {
    const value = placeholder === undefined ? "" : ` ${placeholderIn(language, placeholder)}`;
    const long = code(`--${name}${value}`);
    const left = short === undefined ? long : `${code(`-${short}`)}, ${long}`;
    return [left, commands.map(code).join(", "), plain(help[language])];
  });
  if (cells.every(([, commands]) => commands === "")) {
    return render(
      [HEADS.option[language], HEADS.effect[language]],
      cells.map(([left = "", , right = ""]) => [left, right]),
    );
  }
  const { option, only, effect } = HEADS;
  return render([option[language], only[language], effect[language]], cells);
}

function makeCommands(language: Language): string {
  const other: Language = language === "en" ? "pt-BR" : "en";
  const rows = Object.values(COMMANDS).map(({ words, usage, help }) => {
    const others = words.slice(2).map(code).join(", ");
    const also = others === "" ? "" : `; ${HEADS.also[language].replace("{words}", others)}`;
    return [code(usage[language]), code(usage[other]), `${plain(help[language])}${also}`];
  });
  const { command, otherLanguage, effect } = HEADS;
  return render([command[language], otherLanguage[language], effect[language]], rows);
}

/** The usages stand in the console's own help. */
function makeConsoleCommands(language: Language): string {
  const rows = consoleUsages(makeLocale(language)).map((usage) => {
    const [name = ""] = usage.split(" ");
    const text = CONSOLE_HELP[name];
    if (text === undefined) throw new Error(`Cannot describe ${name}: there is no text for it`);
    return [code(usage), plain(text[language])];
  });
  return render([HEADS.command[language], HEADS.effect[language]], rows);
}

function makeExitCodes(language: Language): string {
  const rows = Object.entries(EXIT).map(([name, exitCode]) => {
    return [String(exitCode), plain(EXIT_TEXTS[name as keyof typeof EXIT][language])];
  });
  return render([HEADS.exitCode[language], HEADS.meaning[language]], rows);
}

function makeLogEvents(language: Language): string {
  const rows = Object.entries(EVENT_TEXTS).map(([name, text]) => {
    return [code(name), plain(text[language])];
  });
  return render([HEADS.event[language], HEADS.meaning[language]], rows);
}

/** The failures and warnings that checks can find. Those that quote an error have no words of their own. */
function makeTroubles(
  statuses: Readonly<Record<string, CheckStatus>>,
  texts: Readonly<Record<string, FindingText>>,
  language: Language,
): string {
  const rows = Object.entries(texts).flatMap(([finding, { text, hints = [] }]) => {
    const isTrouble = statuses[finding] === "fail" || statuses[finding] === "warn";
    if (!isTrouble || text[language] === "{reason}") return [];
    const name = CHECK_NAMES[checkIdOf(finding)]?.[language] ?? "";
    const advice = joinSentences(hints.map((hint) => plain(hint.text[language])))
      .replaceAll("{program}", "tcp-chat serve");
    return [[name, plain(text[language]), advice]];
  });
  const { check, said, remedy } = HEADS;
  return render([check[language], said[language], remedy[language]], rows);
}

/** Sentences without a full stop, as one text; a question has its mark already. */
function joinSentences(sentences: readonly string[]): string {
  return sentences.join(". ").replaceAll("?. ", "? ");
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

function plain(text: string): string {
  return text.replace(/[|*<]/g, "\\$&");
}

/** A table, laid out as `deno fmt` does. */
function render(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => [...row[column] ?? ""].length))
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
