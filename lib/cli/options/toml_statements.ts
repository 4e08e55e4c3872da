import { parse } from "smol-toml";

/** A header or an assignment of a TOML text, with the keys that it names. */
export interface TomlStatement {
  readonly isHeader: boolean;
  /** Every table and value that it makes, as paths from the root, down to {@link DEPTH}. */
  readonly paths: readonly (readonly string[])[];
  /** From 1. */
  readonly line: number;
  /** Where its first line begins in the text. */
  readonly start: number;
  /** Where its last line has ended, with the line break. */
  readonly end: number;
}

/** A value three tables down is as deep as files of the programs go: `servers.casa.address`. */
const DEPTH = 3;

/** What may hold a line break or a bracket that does not count, brackets, and the ends of lines. */
const TOKENS =
  /"""(?:\\[\s\S]|[^\\])*?"{3,5}|'''[\s\S]*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[[\]{}\n]/g;

/**
 * Splits a TOML text into its statements: the parser does not tell in which line a key stands.
 *
 * @param text valid TOML
 */
export function tomlStatements(text: string): TomlStatement[] {
  const statements: TomlStatement[] = [];
  let header: readonly string[] = [];
  for (const { line, start, end } of logicalLines(text)) {
    const content = text.slice(start, end);
    const made = pathsOf(parse(content, { integersAsBigInt: true }), DEPTH); // Else large ones throw
    const [first] = made;
    if (first === undefined) continue; // Blank, or a comment
    const isHeader = content.trimStart().startsWith("[");
    if (isHeader) header = made.at(-1) ?? [];
    const paths = isHeader ? made : made.map((path) => [...header, ...path].slice(0, DEPTH));
    statements.push({ isHeader, paths, line, start, end });
  }
  return statements;
}

interface LogicalLine {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** The lines, those of a value over several lines as one. */
function* logicalLines(text: string): Generator<LogicalLine> {
  let [start, line, lines, depth] = [0, 1, 1, 0];
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === "[" || token === "{") depth++;
    if (token === "]" || token === "}") depth--;
    lines += token.split("\n").length - 1;
    if (token !== "\n" || depth > 0) continue;
    yield { line, start, end: index + 1 };
    [start, line] = [index + 1, lines];
  }
  if (start < text.length) yield { line, start, end: text.length };
}

/** The paths of all members, those of tables before their own. */
function pathsOf(value: unknown, depth: number): string[][] {
  const table = Array.isArray(value) ? value[0] : value; // A header in double brackets
  if (depth === 0 || typeof table !== "object" || table === null) return [];
  return Object.entries(table).flatMap(([key, member]) => [
    [key],
    ...pathsOf(member, depth - 1).map((path) => [key, ...path]),
  ]);
}
