import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine } from "../../protocol/text.ts";
import { without } from "../options/command.ts";
import { LINE_OPTIONS } from "../options/common_options.ts";
import type {
  OptionSpec,
  OptionTable,
  OptionValue,
  ParsedOptions,
  ValueSource,
} from "../options/options.ts";
import type { Locale } from "../texts/locale.ts";
import { jsonLine, UNSAFE } from "../view/json_line.ts";

const TEXTS = {
  line: { en: "command line", "pt-BR": "linha de comando" },
  environment: { en: "environment, {variable}", "pt-BR": "ambiente, {variable}" },
  file: { en: "{path}, line {line}", "pt-BR": "{path}, linha {line}" },
  default: { en: "default", "pt-BR": "padrão" },
  unset: { en: "# {name} is not set", "pt-BR": "# {name} não está definido" },
  read: { en: "# File: {path}", "pt-BR": "# Arquivo: {path}" },
  none: { en: "# No file", "pt-BR": "# Nenhum arquivo" },
} as const satisfies Record<string, Text>;

/**
 * The values of a command's options as lines of TOML that a file may hold, each with its source; as
 * JSON lines if asked for.
 *
 * @param table the options of the command
 */
export function describeConfig<T extends OptionTable>(
  table: OptionTable,
  { values, sources, file, locale: { fill } }: Pick<ParsedOptions<T>, "values" | "sources"> & {
    /** The file that was read; `null` for none. */
    readonly file: string | null;
    readonly locale: Locale;
  },
): string[] {
  const rows = Object.entries(without(table, LINE_OPTIONS)).map(([name, spec]) => {
    const source = sources.get(name);
    return { name, value: effective(spec, values[name], source), source };
  });
  if (values.json === true) {
    const lines = rows.map(({ name, value = null, source }) => ({
      event: "option",
      name,
      value,
      ...source ?? { from: "default" },
    }));
    return [{ event: "config", file }, ...lines].map(jsonLine);
  }
  const settings = rows.map(({ name, value }) =>
    value === undefined ? fill(TEXTS.unset, { name }) : `${name} = ${describeConfigValue(value)}`
  );
  const isSet = (at: number) => rows[at]?.value !== undefined;
  const width = Math.max(0, ...settings.filter((_, at) => isSet(at)).map(widthOf));
  const heading = file === null ? fill(TEXTS.none) : fill(TEXTS.read, { path: cleanLine(file) });
  return [
    heading,
    ...settings.map((text, at) =>
      isSet(at) ? `${text.padEnd(width)} # ${describeSource(rows[at]?.source, fill)}` : text
    ),
  ];
}

function effective(
  spec: OptionSpec,
  value: OptionValue,
  source: ValueSource | undefined,
): OptionValue {
  return source === undefined && spec.kind !== "flag" ? spec.default : value;
}

function describeSource(source: ValueSource | undefined, fill: Locale["fill"]): string {
  if (source === undefined) return fill(TEXTS.default);
  if (source.from === "line") return fill(TEXTS.line);
  if (source.from === "environment") {
    return fill(TEXTS.environment, { variable: source.variable });
  }
  return fill(TEXTS.file, { path: cleanLine(source.path), line: source.line });
}

/** A long value must not push the sources of all others to the right. */
function widthOf({ length }: string): number {
  return length > MAX_WIDTH ? 0 : length;
}

const MAX_WIDTH = 40;

/** A value in TOML: JSON but for the escapes beyond 16 bits, as TOML has no surrogates. */
export function describeConfigValue(value: OptionValue): string {
  const escape = (character: string) =>
    `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`;
  return (JSON.stringify(value) ?? '""').replace(UNSAFE, escape);
}
