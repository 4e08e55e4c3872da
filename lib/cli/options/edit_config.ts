import { type ConfigFile, parseConfig } from "./config_file.ts";
import type { Locale } from "../texts/locale.ts";

/** The text of a file with a table more at its end; everything else stays as it is. */
export function withTable(
  text: string,
  at: readonly string[],
  entries: readonly (readonly [name: string, value: string])[],
): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const isEnded = text === "" || text.endsWith("\n");
  const start = text === "" ? "" : isEnded ? newline : newline.repeat(2);
  const lines = [`[${at.join(".")}]`, ...entries.map(([name, value]) => `${name} = ${value}`)];
  return `${text}${start}${lines.map((line) => line + newline).join("")}`;
}

/**
 * The text of a file without a table; comments and all other tables stay. `null` if the table shares a
 * line with others, as in an inline table.
 */
export function withoutTable(
  file: ConfigFile,
  at: readonly string[],
  locale: Locale,
): string | null {
  const isInside = (path: readonly string[]) => at.every((key, depth) => path[depth] === key);
  const isAbove = (path: readonly string[]) => path.every((key, depth) => at[depth] === key);
  let text = "";
  let end = 0;
  for (const { paths, start, end: after } of file.statements) {
    if (!paths.some(isInside)) continue;
    if (!paths.every((path) => isInside(path) || isAbove(path))) return null;
    text += file.text.slice(end, start);
    end = after;
  }
  text += file.text.slice(end);
  const wanted = JSON.parse(JSON.stringify(file.table, withoutBigInts));
  const parent = at.slice(0, -1).reduce((table, key) => table[key], wanted);
  delete parent[at.at(-1) ?? ""];
  return isSame(parseConfig(file.path, text, locale).table, wanted) ? text : null;
}

/** A table that has become empty counts as one that is not there. */
function isSame(one: unknown, other: unknown): boolean {
  const form = (value: unknown) =>
    JSON.stringify(value, (key, member) => {
      const shown = withoutBigInts(key, member);
      const isEmpty = typeof shown === "object" && shown !== null &&
        Object.keys(shown).length === 0;
      return key !== "" && isEmpty ? undefined : shown;
    });
  return form(one) === form(other);
}

function withoutBigInts(_: string, value: unknown) {
  return typeof value === "bigint" ? String(value) : value;
}
