import { placeholderIn } from "../../lib/cli/options/placeholders.ts";
import { type Command, usageOf, visibleCommands } from "../../lib/cli/options/command.ts";
import type { OptionSpec, OptionTable } from "../../lib/cli/options/options.ts";
import { EXIT } from "../../lib/cli/texts/failure.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import type { Language } from "../../lib/protocol/errors.ts";
import { EXIT_TEXTS } from "../docs/texts.ts";
import { codeLines, escapeArgument, escapeText, textLines } from "./mdoc.ts";
import { DESCRIPTIONS, FILES, NAMES, SECTIONS, VARIABLES } from "./texts.ts";

/** A program with a man page. */
export interface ManProgram {
  readonly name: "tcp-chat" | "tcp-chat-server";
  readonly root: Command;
}

/** The command that has a page of its own. */
const OTHER_PROGRAM = "serve";

/** An option of this many commands is described once for all of them. */
const SHARED_COMMANDS = 4;

/**
 * The man page of a program, in mdoc(7): made from its table of commands.
 *
 * @param date the day of the release
 */
export function renderManPage(
  { name, root }: ManProgram,
  language: Language,
  date: Date,
): string {
  const other = name === "tcp-chat" ? "tcp-chat-server" : "tcp-chat";
  const section = (key: keyof typeof SECTIONS) => `.Sh ${escapeText(SECTIONS[key][language])}`;
  const shared = sharedOptions(root);
  const lines = [
    `.Dd ${date.toLocaleDateString("en-US", { dateStyle: "long", timeZone: "UTC" })}`,
    `.Dt ${name.toUpperCase()} 1`,
    ".Os",
    section("name"),
    `.Nm ${name}`,
    `.Nd ${escapeArgument(NAMES[name][language])}`,
    section("synopsis"),
    ...synopsis(root, language),
    section("description"),
    ...textLines(DESCRIPTIONS[name][language]),
    ...ownOptions(root.options, shared, language),
    section("commands"),
    ...visibleCommands(root).flatMap(([word, command]) =>
      commandLines(word, command, { shared, language })
    ),
    ...Object.keys(shared).length === 0 ? [] : [
      section("options"),
      ...textLines(SECTIONS.shared[language]),
      ...optionList(shared, language),
    ],
    section("environment"),
    ...textLines(SECTIONS.variables[language]),
    ...itemList(VARIABLES.map(([item, text]) => [`Ev ${item}`, text[language]])),
    section("files"),
    ...itemList(FILES[name].map(([item, text]) => [`Pa ${escapeArgument(item)}`, text[language]])),
    section("exit"),
    ...itemList(exitRows(language)),
    section("examples"),
    ...exampleLines(name, root, language),
    section("seeAlso"),
    `.Xr ${other} 1`,
  ];
  return `${lines.join("\n")}\n`;
}

function synopsis(root: Command, language: Language): string[] {
  const commands = visibleCommands(root).map(([word, command]) => usageOf(word, command, language));
  const own = usageOf("", root, language).trim();
  return [own, ...commands].flatMap((usage) => [
    ".Nm",
    ...usage === "" ? [] : [`.Ar ${escapeArgument(usage)}`],
  ]);
}

/** The options that many commands have in the same meaning. */
function sharedOptions(root: Command): OptionTable {
  const tables = tablesOf(root);
  const count = (name: string, spec: OptionSpec) =>
    tables.filter((table) => table[name] === spec).length;
  const all = tables.flatMap((table) => Object.entries(table));
  return Object.fromEntries(all.filter(([name, spec]) => count(name, spec) >= SHARED_COMMANDS));
}

/** The options of each command that the page describes. */
function tablesOf(command: Command): OptionTable[] {
  const below = visibleCommands(command).filter(([word]) => word !== OTHER_PROGRAM);
  return [command.options, ...below.flatMap(([, each]) => tablesOf(each))];
}

interface CommandContext {
  readonly shared: OptionTable;
  readonly language: Language;
}

function commandLines(words: string, command: Command, context: CommandContext): string[] {
  const { shared, language } = context;
  const { fill } = makeLocale(language);
  const head = [
    `.Ss ${escapeArgument(usageOf(words, command, language))}\\&`,
    ...textLines(sentence(fill(command.summary))),
  ];
  if (words === OTHER_PROGRAM) return [...head, ...textLines(SECTIONS.serve[language])];
  const below = visibleCommands(command).flatMap(([word, each]) =>
    commandLines(`${words} ${word}`, each, context)
  );
  return [...head, ...ownOptions(command.options, shared, language), ...below];
}

/** The options of a command that are not described for all. */
function ownOptions(options: OptionTable, shared: OptionTable, language: Language): string[] {
  const own = Object.entries(options).filter(([name, spec]) => shared[name] !== spec);
  return own.length === 0 ? [] : optionList(Object.fromEntries(own), language);
}

function optionList(options: OptionTable, language: Language): string[] {
  const { fill } = makeLocale(language);
  return itemList(
    Object.entries(options).map(([name, { short, placeholder, help }]) => {
      const value = placeholder === undefined
        ? ""
        : ` Ar ${escapeArgument(placeholderIn(language, placeholder))}`;
      const letter = short === undefined ? "" : `Fl ${short} , `;
      return [`${letter}Fl -${name}${value}`, sentence(fill(help))];
    }),
  );
}

function itemList(rows: readonly (readonly [macros: string, text: string])[]): string[] {
  return [
    ".Bl -tag -width Ds",
    ...rows.flatMap(([macros, text]) => [`.It ${macros}`, ...textLines(text)]),
    ".El",
  ];
}

function exitRows(language: Language): [string, string][] {
  return Object.entries(EXIT).map(([name, code]) => [
    String(code),
    sentence(EXIT_TEXTS[name as keyof typeof EXIT][language]),
  ]);
}

/** The examples of the help, each with what it shows before it. */
function exampleLines(name: string, root: Command, language: Language): string[] {
  const { fill } = makeLocale(language);
  const all = [
    [name, root] as const,
    ...visibleCommands(root).map(([word, command]) => [`${name} ${word}`, command] as const),
  ];
  const examples = new Map(
    all.filter(([words]) => words !== `${name} ${OTHER_PROGRAM}`).flatMap(([words, { examples }]) =>
      [
        ...fill(examples ?? { en: "", "pt-BR": "" }, { name: words }).matchAll(
          /^ {2}(\S.*?) {2,}(\S.*)$/gm,
        ),
      ]
        .map(([, line = "", text = ""]) => [line, text] as const)
    ),
  );
  return [...examples].flatMap(([line, text]) => [
    ...textLines(`${capital(text)}:`),
    ...codeLines([line]),
  ]);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? capital(text) : `${capital(text)}.`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
