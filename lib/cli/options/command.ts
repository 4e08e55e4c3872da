import type { Language } from "../../protocol/errors.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { OptionTable, ValueKind } from "./options.ts";

/** An argument of a command that is not an option. */
export interface Operand {
  /** Its name in the usage, such as `HOST[:PORT]`. */
  readonly name: Text;
  readonly kind: ValueKind;
  /** An optional operand is followed by optional ones only. */
  readonly isOptional?: boolean;
  /** One operand may be given more than once: the last, or the one before it. */
  readonly isRepeated?: boolean;
  readonly choices?: readonly string[];
}

/**
 * A command, or a program: the root of its commands. Help, completions and man pages are made from it,
 * and the parser refuses what it does not list.
 */
export interface Command {
  /** One line, in the imperative. */
  readonly summary: Text;
  readonly operands: readonly Operand[];
  readonly options: OptionTable;
  /** The commands of a program, or of a group of commands. */
  readonly commands?: Readonly<Record<string, Command>>;
  /**
   * What the help ends with: examples, and for a program its exit codes. `{name}` is the words that
   * run the command.
   */
  readonly examples?: Text;
  /** What an error calls the program when no command is given. */
  readonly label?: Text;
  /** Neither help nor completions show it. */
  readonly isHidden?: boolean;
}

/** A command that the words of a command line name. */
export interface FoundCommand {
  /** The words that name it; empty for the program itself. */
  readonly path: readonly string[];
  readonly command: Command;
  /** The arguments without those words. */
  readonly args: readonly string[];
}

/** The options of these names. */
export function pick<T extends OptionTable, K extends keyof T>(
  table: T,
  ...names: readonly K[]
): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, table[name]])) as unknown as Pick<T, K>;
}

/** The options but those of these names. */
export function without(table: OptionTable, names: readonly string[]): OptionTable {
  return Object.fromEntries(Object.entries(table).filter(([name]) => !names.includes(name)));
}

/** The command of a word; `null` for none. */
export function childOf(parent: Command, word: string | undefined): Command | null {
  const { commands = {} } = parent;
  return word !== undefined && Object.hasOwn(commands, word) ? commands[word] ?? null : null;
}

/** The commands that help and completions show. */
export function visibleCommands({ commands = {} }: Command): (readonly [string, Command])[] {
  return Object.entries(commands).filter(([, { isHidden }]) => isHidden !== true);
}

/**
 * Finds the command that the first arguments name, which options may precede.
 *
 * @param depth the most words that a name may have
 */
export function findCommand(
  root: Command,
  args: readonly string[],
  depth = Infinity,
): FoundCommand {
  const at = depth === 0 ? -1 : indexOfWord(allOptions(root), args);
  const word = args[at];
  const child = childOf(root, word);
  if (child === null || word === undefined) return { path: [], command: root, args };
  const found = findCommand(child, args.toSpliced(at, 1), depth - 1);
  return { ...found, path: [word, ...found.path] };
}

/** The commands of a program that take an option, given as `--name` or `-n`: `get`, `user add`. */
export function ownersOf(root: Command, option: string): string[] {
  return visibleCommands(root).flatMap(([name, command]) => {
    if (hasOption(command.options, option)) return [name];
    return ownersOf(command, option).map((below) => `${name} ${below}`);
  });
}

/** Whether a table has an option, given as `--name` or `-n`. */
export function hasOption(table: OptionTable, option: string): boolean {
  if (option.startsWith("--")) return Object.hasOwn(table, option.slice(2));
  return Object.values(table).some(({ short }) => option === `-${short}`);
}

/** A command with its operands: `tcp-chat ls HOST[:PORT] [PATH]`. */
export function usageOf(
  name: string,
  { operands }: Command,
  language: Language,
): string {
  const tail = operands.reduceRight((rest, { name, isOptional, isRepeated }) => {
    const shown = `${name[language]}${isRepeated ? "..." : ""}${rest}`;
    return isOptional ? ` [${shown}]` : ` ${shown}`;
  }, "");
  return `${name}${tail}`;
}

/** The options of a command and of all commands below it; the first of a name counts. */
export function allOptions({ options, commands = {} }: Command): OptionTable {
  return Object.assign({}, ...Object.values(commands).map(allOptions), options);
}

/** The place of the first argument that is neither an option nor its value; -1 for none. */
function indexOfWord(table: OptionTable, args: readonly string[]): number {
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") return at + 1 < args.length ? at + 1 : -1;
    if (!arg.startsWith("-") || arg === "-") return at;
    if (takesNext(table, arg) && !args[at + 1]?.startsWith("-")) at++;
  }
  return -1;
}

/** Whether the value of an option is the next argument. */
export function takesNext(table: OptionTable, arg: string): boolean {
  if (arg.startsWith("--")) {
    const name = arg.slice(2);
    return Object.hasOwn(table, name) && table[name]?.kind !== "flag";
  }
  const shorts = [...arg.slice(1)];
  const isValued = (letter: string) =>
    Object.values(table).some(({ short, kind }) => short === letter && kind !== "flag");
  const at = shorts.findIndex(isValued);
  return at >= 0 && at === shorts.length - 1;
}
