import { parseArgs } from "@std/cli/parse-args";
import { closest } from "../../client/closest.ts";
import type { Language } from "../../protocol/errors.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { detectLanguage, LANGUAGES } from "../texts/language.ts";
import { type Locale, makeLocale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { MESSAGES, type Say } from "./option_messages.ts";
import { optionMeant } from "./other_words.ts";
import { LEAST_RATE, parseRate } from "./rate.ts";
import { parseSize } from "./size.ts";

/** What an argument names: completions offer such names. */
export type ValueKind =
  | "account"
  | "command"
  | "file"
  | "folder"
  | "host"
  | "nick"
  | "port"
  | "remote"
  | "remote-folder"
  | "room"
  | "text";

/**
 * An option of the command line, which `TCP_CHAT_<NAME>` can set too. `texts` may be given more than
 * once; in the environment, commas separate them.
 */
export interface OptionSpec {
  readonly kind: "flag" | "text" | "texts" | "integer" | "size" | "rate";
  readonly short?: string;
  /** The name of the value in the help. */
  readonly placeholder?: string;
  readonly help: Text;
  /** What the value names. */
  readonly value?: ValueKind;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly string[];
  /** The value that counts when none is given, where it is always the same. */
  readonly default?: string | number;
  readonly group: string;
}

/** Options by their long names. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

type Value<S extends OptionSpec> = S["kind"] extends "flag" ? boolean
  : S["kind"] extends "integer" | "size" | "rate" ? number | undefined
  : S["kind"] extends "texts" ? readonly string[] | undefined
  : string | undefined;

/** The values of a table's options; `undefined` where none is given. */
export type OptionValues<T extends OptionTable> = { readonly [K in keyof T]: Value<T[K]> };

/** Where the value of an option comes from. */
export type ValueSource =
  | { readonly from: "line" }
  | { readonly from: "environment"; readonly variable: string }
  | { readonly from: "file"; readonly path: string; readonly line: number };

/** A command line, parsed. */
export interface ParsedOptions<T extends OptionTable> {
  readonly values: OptionValues<T>;
  /** The names of the options on the line. */
  readonly given: ReadonlySet<string>;
  /** Where the values come from; an option without a source has its default. */
  readonly sources: ReadonlyMap<string, ValueSource>;
  readonly positionals: readonly string[];
}

/** The value of an option; `undefined` for none. */
export type OptionValue = string | number | boolean | readonly string[] | undefined;

type Env = (name: string) => string | undefined;

/** The options that a command takes, of all those of its program. */
export interface OptionScope {
  readonly options: OptionTable;
  /** What is wrong with an option of other commands, such as `--to`; `null` if no command has it. */
  readonly describeForeign: (option: string) => string | null;
}

/**
 * Parses a command line. The environment sets the options that the line does not.
 *
 * @param scope the options of the command that the line is for; by default all of the table. The
 * others have no value, and are refused on the line
 * @throws {UsageError} in the language that the line or the environment asks for
 */
export function parseOptions<T extends OptionTable>(
  table: T,
  args: readonly string[],
  env: Env,
  scope: OptionScope = { options: table, describeForeign: () => null },
): ParsedOptions<T> {
  const say: Say = (key, ...parameters) =>
    makeLocale(requestedLanguage(args, env)).fill(MESSAGES[key], ...parameters);
  const isFlag = (name: string) => table[name]?.kind === "flag";
  const { parsed, off } = parseLine(table, args, { scope, say });
  const sources = new Map<string, ValueSource>();
  const values = Object.entries(table).map(([name, spec]) => {
    const option = `--${name}`;
    const none = isFlag(name) ? false : undefined;
    if (!Object.hasOwn(scope.options, name)) {
      if (parsed[name] === undefined && !off.has(name)) return [name, none];
      throw new UsageError(describeUnknown(option, scope, say));
    }
    const typed = off.has(name) ? false : readValue(spec, parsed[name], option, say);
    if (typed !== undefined) sources.set(name, { from: "line" });
    if (typed !== undefined) return [name, typed];
    const variable = environmentName(name);
    const value = readEnvironment(spec, env(variable), variable, say);
    if (value !== undefined) sources.set(name, { from: "environment", variable });
    return [name, value ?? none];
  });
  return {
    values: Object.fromEntries(values) as OptionValues<T>,
    given: new Set(Object.keys(table).filter((name) => sources.get(name)?.from === "line")),
    sources,
    positionals: parsed._.map(String),
  };
}

/**
 * Reads the value of an option from a text, as the command line has it.
 *
 * @param option what errors call the option
 * @throws {UsageError}
 */
export function readOption(
  spec: OptionSpec,
  text: string | readonly string[],
  option: string,
  { fill }: Locale,
): OptionValue {
  return readValue(spec, text, option, (key, ...rest) => fill(MESSAGES[key], ...rest));
}

/** The language of `--lang`, else of `TCP_CHAT_LANG`, else of the locale. Never throws. */
export function requestedLanguage(args: readonly string[], env: Env): Language {
  const at = args.findIndex((arg) => arg === "--lang" || arg.startsWith("--lang="));
  const said = at < 0 ? env("TCP_CHAT_LANG") : args[at]?.split("=")[1] ?? args[at + 1];
  return LANGUAGES.find((language) => language === said) ?? detectLanguage(env);
}

/** Reads a flag that only the environment has; its name is like that of an option. @throws {UsageError} */
export function readFlagVariable(name: string, env: Env, { fill }: Locale): boolean {
  const variable = environmentName(name);
  return readFlag(env(variable) || "0", variable, (key, ...rest) => fill(MESSAGES[key], ...rest));
}

/** The environment variable of an option. */
export function environmentName(option: string): string {
  return `TCP_CHAT_${option.toUpperCase().replaceAll("-", "_")}`;
}

/** An option as the line has it, without its value: `--to`, or `-R` of `-lR`. */
function optionOf(arg: string, key: string): string {
  return arg.startsWith("--") ? arg.replace(/=.*/s, "") : `-${key}`;
}

function describeUnknown(option: string, scope: OptionScope, say: Say): string {
  const [typed, names] = [option.replace(/^-+/, ""), Object.keys(scope.options)];
  const foreign = scope.describeForeign(option);
  const meant = optionMeant(typed, names);
  if (foreign !== null && meant === null) return foreign;
  const name = meant ?? closest(typed, names);
  const hint = name === null ? "" : say("hint", { name: `--${name}` });
  return foreign === null ? say("unknown", { option, hint }) : `${foreign}.${hint}`;
}

function readValue(
  spec: OptionSpec,
  raw: unknown,
  option: string,
  say: Say,
): OptionValue {
  if (raw === undefined || typeof raw === "boolean") return raw;
  if (Array.isArray(raw)) {
    if (raw.includes("")) throw new UsageError(say("missing", { option }));
    return raw.length === 0 ? undefined : raw.map(String);
  }
  const value = String(raw);
  if (value === "") throw new UsageError(say("missing", { option }));
  if (spec.kind === "integer") {
    const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = spec;
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= minimum && number <= maximum) return number;
    throw new UsageError(say("integer", { option, minimum, maximum, value }));
  }
  if (spec.kind === "size") {
    const bytes = parseSize(value);
    if (bytes === null) throw new UsageError(say("size", { option, value }));
    return bytes;
  }
  if (spec.kind === "rate") {
    const rate = parseRate(value);
    if (rate === undefined) throw new UsageError(say("rate", { option, value, least: LEAST_RATE }));
    return rate ?? 0;
  }
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw new UsageError(say("choice", { option, choices: spec.choices.join(", "), value }));
  }
  return value;
}

/** The values on the line, not yet checked, and the flags that it sets off. @throws {UsageError} */
function parseLine(
  table: OptionTable,
  args: readonly string[],
  { scope, say }: { readonly scope: OptionScope; readonly say: Say },
) {
  const names = Object.keys(table);
  const isFlag = (name: string) => table[name]?.kind === "flag";
  const { rest, off } = readFlagValues(table, args, say);
  const parsed = parseArgs(rest, {
    boolean: names.filter(isFlag),
    string: [...names.filter((name) => !isFlag(name)), "_"],
    collect: names.filter((name) => table[name]?.kind === "texts"),
    // A command may have another letter for an option than others
    alias: Object.fromEntries(
      Object.entries({ ...table, ...scope.options }).flatMap(([name, { short }]) =>
        short ? [[name, short]] : []
      ),
    ),
    default: Object.fromEntries(names.map((name) => [name, undefined])),
    unknown: (arg, key) => {
      if (key === undefined) return true;
      throw new UsageError(describeUnknown(optionOf(arg, key), scope, say));
    },
  });
  return { parsed, off };
}

/** The arguments with `--tls=1` as `--tls`, and the flags that `--tls=0` sets off. @throws {UsageError} */
function readFlagValues(
  table: OptionTable,
  args: readonly string[],
  say: Say,
): { readonly rest: readonly string[]; readonly off: ReadonlySet<string> } {
  const off = new Set<string>();
  const end = args.indexOf("--");
  const rest = args.flatMap((arg, at) => {
    const [, name = "", value = ""] = /^--([^=]+)=(.*)$/s.exec(arg) ?? [];
    const isFlag = Object.hasOwn(table, name) && table[name]?.kind === "flag";
    if (!isFlag || (end >= 0 && at > end)) return [arg];
    if (readFlag(value, `--${name}`, say)) return [`--${name}`];
    off.add(name);
    return [];
  });
  return { rest, off };
}

function readFlag(value: string, option: string, say: Say): boolean {
  if (["1", "true", "yes"].includes(value)) return true;
  if (["0", "false", "no"].includes(value)) return false;
  throw new UsageError(say("flag", { option, value }));
}

function readEnvironment(
  spec: OptionSpec,
  value: string | undefined,
  variable: string,
  say: Say,
): OptionValue {
  if (value === undefined || value === "") return undefined;
  if (spec.kind === "flag") return readFlag(value, variable, say);
  return readValue(spec, spec.kind === "texts" ? value.split(",") : value, variable, say);
}
