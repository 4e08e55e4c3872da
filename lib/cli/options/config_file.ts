import { closest } from "../../client/closest.ts";
import { join } from "../../files/path.ts";
import { parse, TomlError, type TomlTable, type TomlValue } from "smol-toml";
import { readConfigFile, statConfigFile } from "../../files/config_file.ts";
import { CONFIG_LIMITS } from "../../protocol/limits.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import type { FileLayer, FileValue } from "./file_layers.ts";
import { type OptionSpec, type OptionTable, type OptionValue, readOption } from "./options.ts";
import { homeFolder } from "./state_folder.ts";
import { type TomlStatement, tomlStatements } from "./toml_statements.ts";

/** A configuration file, parsed as TOML. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly table: TomlTable;
  readonly statements: readonly TomlStatement[];
  /** The first line that names a key, by {@link keyOf}. */
  readonly lines: ReadonlyMap<string, number>;
}

/** An option in a file: a key, its value, and what the table says of it. */
interface Setting {
  readonly name: string;
  readonly value: TomlValue;
  readonly spec: OptionSpec;
  /** How errors begin: file, line and key. */
  readonly place: string;
}

const MESSAGES = {
  place: { en: "{path}, line {line}: {text}", "pt-BR": "{path}, linha {line}: {text}" },
  toml: { en: "this is not valid TOML{reason}", "pt-BR": "isto não é TOML válido{reason}" },
  twice: { en: ": the key is set twice", "pt-BR": ": a chave está definida duas vezes" },
  deep: { en: ": it is nested too deeply", "pt-BR": ": há níveis demais" },
  control: { en: ": it has a control character", "pt-BR": ": há um caractere de controle" },
  deepFile: { en: "{path}: it is nested too deeply", "pt-BR": "{path}: há níveis demais" },
  large: { en: "{path} is larger than {limit}", "pt-BR": "{path} é maior que {limit}" },
  encoding: { en: "{path} is not UTF-8", "pt-BR": "{path} não está em UTF-8" },
  unknown: {
    en: "unknown option {name}.{hint}",
    "pt-BR": "opção desconhecida {name}.{hint}",
  },
  hint: { en: " Did you mean {name}?", "pt-BR": " Você quis dizer {name}?" },
  foreign: {
    en: "{name} is for the command line only",
    "pt-BR": "{name} é só para a linha de comando",
  },
  password: {
    en: "a password has no place in this file: give it in TCP_CHAT_PASSWORD or by password-file",
    "pt-BR": "senha não entra neste arquivo: informe em TCP_CHAT_PASSWORD ou por password-file",
  },
  type: {
    en: "{name} must be {expected}, not {value}",
    "pt-BR": "{name} deve ser {expected}, não {value}",
  },
} as const satisfies Record<string, Text>;

const EXPECTED: Readonly<Record<OptionSpec["kind"] | "table", Text>> = {
  flag: { en: "true or false", "pt-BR": "true ou false" },
  text: { en: "a text in quotes", "pt-BR": "um texto entre aspas" },
  texts: { en: 'texts such as ["a", "b"]', "pt-BR": 'textos como ["a", "b"]' },
  integer: { en: "a whole number", "pt-BR": "um número inteiro" },
  size: { en: 'a size such as "10M"', "pt-BR": 'um tamanho como "10M"' },
  rate: { en: 'a rate such as "2M"', "pt-BR": 'uma taxa como "2M"' },
  table: { en: "a table", "pt-BR": "uma tabela" },
};

/** What the parser says in English about the mistakes that are easily made. */
const REASONS: readonly (readonly [pattern: RegExp, reason: "twice" | "deep" | "control"])[] = [
  [/redefine|already defined|duplicate/, "twice"],
  [/nested/, "deep"],
  [/control character/, "control"],
];

/** Reads a configuration file; `null` if it is missing. @throws as {@link readConfig} does */
export async function readConfigIfThere(path: string, locale: Locale): Promise<ConfigFile | null> {
  return await statConfigFile(path) === null ? null : await readConfig(path, locale);
}

/**
 * Reads a configuration file.
 *
 * @throws {UsageError} if it is not TOML, or larger than `CONFIG_LIMITS.configFileBytes`
 * @throws {DiskError} if it cannot be read
 */
export async function readConfig(path: string, locale: Locale): Promise<ConfigFile> {
  const bytes = await readConfigFile(path, CONFIG_LIMITS.configFileBytes);
  if (bytes.length > CONFIG_LIMITS.configFileBytes) {
    const limit = locale.size(CONFIG_LIMITS.configFileBytes);
    throw new UsageError(locale.fill(MESSAGES.large, { path, limit }));
  }
  return parseConfig(path, decode(bytes, path, locale), locale);
}

/** Parses the text of a configuration file. @throws {UsageError} */
export function parseConfig(path: string, text: string, locale: Locale): ConfigFile {
  try {
    const table = parse(text, { integersAsBigInt: true, maxDepth: CONFIG_LIMITS.configDepth });
    const statements = tomlStatements(text);
    return { path, text, table, statements, lines: linesOf(statements) };
  } catch (error) {
    const { fill } = locale;
    // The parser descends into dotted keys whatever its limit
    if (error instanceof RangeError) throw new UsageError(fill(MESSAGES.deepFile, { path }));
    if (!(error instanceof TomlError)) throw error;
    const { message, line } = error;
    const [, reason] = REASONS.find(([pattern]) => pattern.test(message.split("\n")[0] ?? "")) ??
      [];
    const filled = reason === undefined ? "" : fill(MESSAGES[reason]);
    throw new UsageError(placed(path, line, fill(MESSAGES.toml, { reason: filled }), locale));
  }
}

/**
 * The options that a table of a file sets.
 *
 * @param at the path of the table; empty for the file itself
 * @param options those that it may set
 * @param others the keys that mean something else; those of `cli` are refused in other words
 * @throws {UsageError} about an unknown key, and about a value of another type, with its line
 */
export function readSettings(
  file: ConfigFile,
  at: readonly string[],
  { options, others = [], cli = [] }: {
    readonly options: OptionTable;
    readonly others?: readonly string[];
    readonly cli?: readonly string[];
  },
  locale: Locale,
): FileLayer {
  const values = new Map<string, FileValue>();
  for (const [name, value] of Object.entries(tableAt(file, at, locale))) {
    if (others.includes(name)) continue;
    const line = lineOf(file, [...at, name]);
    const spec = Object.hasOwn(options, name) ? options[name] : undefined;
    if (spec === undefined) {
      const text = describeUnknown(name, [...Object.keys(options), ...others], cli, locale);
      throw mistakeIn(file, [...at, name], text, locale);
    }
    const place = placed(file.path, line, name, locale);
    values.set(name, { value: readSetting({ name, value, spec, place }, locale), line });
  }
  return { path: file.path, values };
}

/** A table of a file; an empty one if it is missing. @throws {UsageError} if it is something else */
export function tableAt(file: ConfigFile, at: readonly string[], locale: Locale): TomlTable {
  let table: TomlTable = file.table;
  for (const [depth, key] of at.entries()) {
    const value = Object.hasOwn(table, key) ? table[key] : {};
    if (!isTable(value)) {
      const path = at.slice(0, depth + 1);
      const place = placed(file.path, lineOf(file, path), path.join("."), locale);
      throw wrongType(place, "table", value, locale);
    }
    table = value;
  }
  return table;
}

/** A mistake in a file. */
export class FileMistake extends UsageError {
  /** The message without the file and the line. */
  readonly text: string;

  constructor(message: string, text: string) {
    super(message);
    this.text = text;
  }
}

/** A mistake in a file, with the line of a key. */
export function mistakeIn(
  file: ConfigFile,
  keys: readonly string[],
  text: string,
  locale: Locale,
): FileMistake {
  return new FileMistake(placed(file.path, lineOf(file, keys), text, locale), text);
}

/** The line of a key, from 1: the first one that names it. */
export function lineOf({ lines }: ConfigFile, keys: readonly string[]): number {
  return lines.get(keyOf(keys)) ?? 1;
}

function linesOf(statements: readonly TomlStatement[]): Map<string, number> {
  const lines = new Map<string, number>();
  for (const { paths, line } of statements) {
    for (const key of paths.map(keyOf)) if (!lines.has(key)) lines.set(key, line);
  }
  return lines;
}

function keyOf(keys: readonly string[]): string {
  return JSON.stringify(keys);
}

function placed(path: string, line: number, text: string, { fill }: Locale): string {
  return fill(MESSAGES.place, { path, line, text });
}

function decode(bytes: Uint8Array, path: string, { fill }: Locale): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(fill(MESSAGES.encoding, { path }));
  }
}

function describeUnknown(
  name: string,
  names: readonly string[],
  cli: readonly string[],
  { fill }: Locale,
): string {
  if (cli.includes(name)) return fill(MESSAGES.foreign, { name });
  if (/^(password|passwd|senha)$/i.test(name)) return fill(MESSAGES.password);
  const near = closest(name, names);
  const hint = near === null ? "" : fill(MESSAGES.hint, { name: near });
  return fill(MESSAGES.unknown, { name: show(name), hint });
}

function readSetting(setting: Setting, locale: Locale): OptionValue {
  const { value, spec, place } = setting;
  if (spec.kind === "flag") {
    if (typeof value === "boolean") return value;
    throw wrongType(place, "flag", value, locale);
  }
  const texts = textsOf(value, spec.kind);
  if (texts === null) throw wrongType(place, spec.kind, value, locale);
  const read = readOption(spec, texts, place, locale);
  return typeof read === "string" ? withHome(read, spec) : read;
}

/** A value as the command line would have it; `null` if it has another type than the option. */
function textsOf(value: TomlValue, kind: OptionSpec["kind"]): string | string[] | null {
  const isNumber = typeof value === "bigint" && ["integer", "size", "rate"].includes(kind);
  if (isNumber) return String(value);
  if (typeof value === "string" && kind !== "integer") return kind === "texts" ? [value] : value;
  if (kind !== "texts" || !Array.isArray(value)) return null;
  const texts = value.filter((each) => typeof each === "string");
  return texts.length === value.length ? texts : null;
}

/** No shell writes the home folder in place of `~`. */
function withHome(path: string, { value }: OptionSpec): string {
  const home = homeFolder();
  const isPath = value === "file" || value === "folder";
  return isPath && home !== null && path.startsWith("~/") ? join(home, path.slice(2)) : path;
}

/** @param place ends in the key */
function wrongType(
  place: string,
  kind: keyof typeof EXPECTED,
  value: TomlValue | undefined,
  { fill }: Locale,
): UsageError {
  const expected = fill(EXPECTED[kind]);
  return new UsageError(fill(MESSAGES.type, { name: place, expected, value: show(value) }));
}

const SHOWN_CHARACTERS = 40;

/** A value as an error quotes it: short, however large it is. */
function show(value: TomlValue | undefined): string {
  if (Array.isArray(value)) return "[…]";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object") return "{…}";
  if (typeof value !== "string") return String(value);
  const cut = value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value;
  return JSON.stringify(cut);
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  const isObject = typeof value === "object" && value !== null;
  return isObject && !Array.isArray(value) && !(value instanceof Date);
}
