import { LIMITS } from "../../protocol/limits.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import {
  childOf,
  type Command,
  findCommand,
  type FoundCommand,
  takesNext,
  visibleCommands,
} from "./command.ts";
import type { OptionSpec, OptionTable, ValueKind } from "./options.ts";

/** A word that may stand at the cursor. */
export interface Candidate {
  readonly value: string;
  /** What it means; `""` for what needs no words. */
  readonly help: string;
}

/** What may stand at the cursor. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** The local paths that the shell is to offer as well. */
  readonly paths: "files" | "folders" | null;
}

/** A command line up to the word at the cursor. */
export interface TypedLine extends FoundCommand {
  /** The arguments that are neither options nor their values. */
  readonly operands: readonly string[];
  /** Whether `--` stands before the cursor, so that no option can follow. */
  readonly isEnded: boolean;
  /** The value that is to be completed, as far as it is typed. */
  readonly typed: string;
}

/** Finds the names of a kind that only the caller knows: hosts, paths on a server, rooms. */
export type LookUp = (kind: ValueKind, line: TypedLine) => Promise<readonly string[]>;

const NONE: Completion = { candidates: [], paths: null };

/**
 * Completes the last word of a command line of a program.
 *
 * A name that has control characters is left out: the shell would get another one than is shown.
 *
 * @param words the words before it, without the program
 * @param current the word as far as it is typed
 */
export async function complete(
  root: Command,
  { words, current }: { readonly words: readonly string[]; readonly current: string },
  lookUp: LookUp,
  { fill }: Locale,
): Promise<Completion> {
  const found = findCommand(root, words);
  const read = readArguments(found);
  const { options } = found.command;
  const make = async (name: ValueKind | undefined, choices: readonly string[], typed: string) => {
    if (choices.length > 0) return { ...NONE, candidates: choices.map(toCandidate) };
    return await completeValue(name, { ...found, ...read, typed }, lookUp);
  };
  const { pending } = read;
  if (pending !== null) {
    return keep(await make(pending.value, pending.choices ?? [], current), current);
  }
  const [option = "", value] = splitAtEquals(current);
  if (!read.isEnded && value !== null) {
    const spec = options[option.slice(2)];
    if (spec === undefined || spec.kind === "flag") return NONE;
    const completion = keep(await make(spec.value, spec.choices ?? [], value), value);
    return { ...completion, candidates: completion.candidates.map(after(`${option}=`)) };
  }
  if (!read.isEnded && current.startsWith("-")) {
    const left = Object.entries(options).filter(([name, { kind }]) =>
      kind === "texts" || !read.given.has(name)
    );
    const candidates = left.map(([name, { help }]) => ({ value: `--${name}`, help: fill(help) }));
    return keep({ ...NONE, candidates }, current);
  }
  const words1 = commandWords(root, found, read.operands, fill);
  const { operands } = found.command;
  const operand = operands[Math.min(read.operands.length, operands.length - 1)];
  const isFull = read.operands.length >= operands.length && !operands.some((one) => one.isRepeated);
  const completion = operand === undefined || isFull
    ? NONE
    : await make(operand.kind, operand.choices ?? [], current);
  return keep({ ...completion, candidates: [...words1, ...completion.candidates] }, current);
}

/** The commands that may stand at the cursor: those of the program, or one to get help about. */
function commandWords(
  root: Command,
  { path, command }: FoundCommand,
  operands: readonly string[],
  fill: Locale["fill"],
): Candidate[] {
  const toCandidates = (parent: Command) =>
    visibleCommands(parent).map(([value, { summary }]) => ({ value, help: fill(summary) }));
  if (command.commands !== undefined) return operands.length === 0 ? toCandidates(command) : [];
  if (path.at(-1) !== "help") return [];
  const words = [...path.slice(0, -1), ...operands];
  const parent = words.reduce<Command | null>(
    (parent, word) => parent && childOf(parent, word),
    root,
  );
  return parent === null ? [] : toCandidates(parent);
}

interface ReadArguments {
  readonly operands: readonly string[];
  readonly isEnded: boolean;
  readonly given: ReadonlySet<string>;
  /** The option whose value comes next, or `null`. */
  readonly pending: OptionSpec | null;
}

function readArguments({ command: { options }, args }: FoundCommand): ReadArguments {
  const operands: string[] = [];
  const given = new Set<string>();
  const end = args.indexOf("--");
  const before = end < 0 ? args : args.slice(0, end);
  let pending: OptionSpec | null = null;
  for (const arg of before) {
    const isOption = arg.startsWith("-") && arg !== "-";
    if (!isOption && pending === null) operands.push(arg);
    pending = null;
    if (!isOption) continue;
    for (const name of namesIn(options, arg)) given.add(name);
    const last = namesIn(options, arg).at(-1);
    if (takesNext(options, arg) && last !== undefined) pending = options[last] ?? null;
  }
  if (end >= 0) operands.push(...args.slice(end + 1));
  return { operands, isEnded: end >= 0, given, pending: end < 0 ? pending : null };
}

/** The options that an argument sets: `--long`, or the letters of `-lR`. */
function namesIn(options: OptionTable, arg: string): string[] {
  if (arg.startsWith("--")) return [arg.slice(2).replace(/=.*/s, "")];
  return [...arg.slice(1)].flatMap((letter) =>
    Object.entries(options).filter(([, { short }]) => short === letter).map(([name]) => name)
  );
}

async function completeValue(
  kind: ValueKind | undefined,
  line: TypedLine,
  lookUp: LookUp,
): Promise<Completion> {
  if (kind === "file") return { ...NONE, paths: "files" };
  if (kind === "folder") return { ...NONE, paths: "folders" };
  if (kind === undefined || kind === "text" || kind === "command") return NONE;
  const names = await lookUp(kind, line);
  const isSafe = (name: string) => line.isEnded || line.typed !== "" || !name.startsWith("-");
  return { ...NONE, candidates: names.filter(isSafe).map(toCandidate) };
}

/** What the typed word can become, and a terminal can show. */
function keep({ candidates, paths }: Completion, typed: string): Completion {
  const kept = candidates.filter(({ value }) =>
    value.startsWith(typed) && cleanLine(value) === value
  );
  return { candidates: kept.slice(0, LIMITS.completions), paths };
}

function toCandidate(value: string): Candidate {
  return { value, help: "" };
}

function after(prefix: string): (candidate: Candidate) => Candidate {
  return ({ value, help }) => ({ value: prefix + value, help });
}

function splitAtEquals(word: string): [option: string, value: string | null] {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at < 0 ? [word, null] : [word.slice(0, at), word.slice(at + 1)];
}
