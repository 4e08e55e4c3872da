import type { Language } from "../../protocol/errors.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";
import { type Command, usageOf, visibleCommands } from "./command.ts";
import { environmentName, type OptionTable } from "./options.ts";
import { placeholderIn } from "./placeholders.ts";
import { wrapColumns, wrapWords } from "./wrap_words.ts";

const TITLES: Readonly<Record<string, Text>> = {
  cluster: { en: "Servers", "pt-BR": "Servidores" },
  network: { en: "Network", "pt-BR": "Rede" },
  chat: { en: "Chat", "pt-BR": "Chat" },
  files: { en: "Files", "pt-BR": "Arquivos" },
  access: { en: "Accounts", "pt-BR": "Contas" },
  limits: { en: "Limits", "pt-BR": "Limites" },
  output: { en: "Output", "pt-BR": "Saída" },
};

const ENVIRONMENT = {
  en: "Every option has an environment variable TCP_CHAT_<NAME>: {variable} is --{option}.",
  "pt-BR": "Toda opção tem uma variável de ambiente TCP_CHAT_<NOME>: {variable} é --{option}.",
} as const satisfies Text;

/**
 * The help of a command, which fits a screen: its usage and those of its own commands, its options by
 * group, its examples.
 *
 * @param name the words that run the command, such as `tcp-chat get`
 * @param screen the width of the screen
 */
export function renderHelp(
  name: string,
  command: Command,
  { fill, language }: Locale,
  screen: number = Infinity,
): string {
  const usages = [[name, command] as const, ...subcommands(name, command)]
    .map(([words, each]) => [usageOf(words, each, language), fill(each.summary)] as const);
  const { options: all, examples } = command;
  const options = ownOptions(command);
  const groups = optionGroups(options).map(([group, table]) => {
    const rows = Object.entries(table).map(([option, spec]) =>
      [`  ${optionUsage(option, spec, language)}`, fill(spec.help)] as const
    );
    const lines = wrapColumns(rows, widthOf(options, language), screen);
    return [`${groupTitle(group, fill)}:`, ...lines].join("\n");
  });
  const option = Object.keys(all).find((name) => name.includes("-")) ?? "lang";
  const environment = fill(ENVIRONMENT, { option, variable: environmentName(option) });
  const ending = examples === undefined ? [] : [fill(examples, { name })];
  const width = Math.max(...usages.map(([usage]) => usage.length)) + 2;
  const paragraphs = [environment, ...ending].map((text) =>
    text.split("\n").flatMap((line) => wrapWords(line, screen)).join("\n")
  );
  return [wrapColumns(usages, width, screen).join("\n"), ...groups, ...paragraphs].join("\n\n");
}

/** The options of a command but for groups that have a screen of their own: that of a command of the name. */
export function ownOptions({ options, commands = {} }: Command): OptionTable {
  return Object.fromEntries(
    Object.entries(options).filter(([, { group }]) => !Object.hasOwn(commands, group)),
  );
}

/** The options by their groups, in the order of the table. */
function optionGroups(table: OptionTable): (readonly [group: string, OptionTable])[] {
  const entries = Object.entries(table);
  const groups = [...new Set(entries.map(([, { group }]) => group))];
  return groups.map((group) => [
    group,
    Object.fromEntries(entries.filter(([, spec]) => spec.group === group)),
  ]);
}

/** The title of a group of options. */
function groupTitle(group: string, fill: Locale["fill"]): string {
  const title = TITLES[group];
  return title === undefined ? group : fill(title);
}

function subcommands(name: string, command: Command): (readonly [string, Command])[] {
  return visibleCommands(command).map(([word, each]) => [`${name} ${word}`, each]);
}

/** An option as the help shows it, the long name always at the same place. */
function optionUsage(
  name: string,
  { short, placeholder }: OptionTable[string],
  language: Language,
): string {
  const value = placeholder === undefined ? "" : ` ${placeholderIn(language, placeholder)}`;
  return `${short === undefined ? "    " : `-${short}, `}--${name}${value}`;
}

function widthOf(table: OptionTable, language: Language): number {
  const usages = Object.entries(table).map(([name, spec]) => optionUsage(name, spec, language));
  return Math.max(...usages.map((usage) => usage.length)) + 4;
}
