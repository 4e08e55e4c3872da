import type {
  OptionTable,
  OptionValue,
  OptionValues,
  ParsedOptions,
  ValueSource,
} from "./options.ts";

/** A value that a file gives an option. */
export interface FileValue {
  readonly value: OptionValue;
  /** From 1. */
  readonly line: number;
}

/** The options that a file, or a table of it, sets. */
export interface FileLayer {
  readonly path: string;
  readonly values: ReadonlyMap<string, FileValue>;
}

/**
 * A command line with the values of a file for what neither the line nor the environment sets.
 *
 * An option that means something else for its command than for the file (`--to` names a folder, for
 * `say` a nick) has no value from the file.
 *
 * @param table of the file's options
 * @param options those of the command
 * @param layers the first that has a value counts
 */
export function withLayers<T extends OptionTable>(
  table: T,
  parsed: ParsedOptions<T>,
  options: OptionTable,
  layers: readonly FileLayer[],
): ParsedOptions<T> {
  const values: Record<string, OptionValue> = { ...parsed.values };
  const sources = new Map(parsed.sources);
  for (const { path, values: ofLayer } of layers) {
    for (const [name, { value, line }] of ofLayer) {
      if (sources.has(name) || !Object.hasOwn(options, name)) continue;
      if (options[name]?.value !== table[name]?.value) continue;
      values[name] = value;
      sources.set(name, { from: "file", path, line });
    }
  }
  return { ...parsed, values: values as OptionValues<T>, sources };
}

const RANKS = ["line", "environment", "file"] as const satisfies readonly ValueSource["from"][];

/** Whether an option is set by a source that counts more than that of another, which is set too. */
export function overrules(
  sources: ReadonlyMap<string, ValueSource>,
  option: string,
  other: string,
): boolean {
  const [first, second] = [sources.get(option), sources.get(other)];
  if (first === undefined || second === undefined) return false;
  return RANKS.indexOf(first.from) < RANKS.indexOf(second.from);
}
