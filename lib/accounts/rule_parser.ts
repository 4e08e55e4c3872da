import { RequestError } from "../protocol/errors.ts";
import { checkPath } from "../protocol/path.ts";
import { checkAccountName } from "./account_name.ts";
import { PathPattern } from "./path_pattern.ts";
import { FILE_RIGHTS, type FileRights, fileRightsOf, NO_RIGHTS, type Right } from "./rights.ts";
import { RuleError, type RulePosition } from "./rule_error.ts";

/** The groups that a line can be for. */
const GROUPS = ["*", "guests", "members", "admins"] as const;

/** One of {@link GROUPS}. */
export type Group = typeof GROUPS[number];

/** The name of an account in a rule, whether such an account exists or not. */
export interface NamedAccount extends RulePosition {
  readonly name: string;
}

/** A line of the rule file. */
export interface Rule {
  readonly line: number;
  readonly pattern: PathPattern;
  readonly rights: FileRights;
  readonly groups: ReadonlySet<Group>;
  readonly accounts: readonly NamedAccount[];
}

/** A word of a line, with its position. */
interface Word extends RulePosition {
  readonly text: string;
  readonly isQuoted: boolean;
}

const WORD = /"([^"]*)"(?=\s|$)|\S+/g;

/**
 * Parses the text of a rule file.
 *
 * @param path of the file, for errors
 * @throws {RuleError} at the first mistake
 */
export function parseRules(text: string, path: string): Rule[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  return lines.flatMap((line, i) => {
    const [first, ...rest] = splitLine(line, i + 1);
    return first === undefined ? [] : [parseLine(first, rest, path)];
  });
}

function parseLine(first: Word, rest: readonly Word[], path: string): Rule {
  const pattern = parsePattern(first, path);
  const last = rest.at(-1) ?? first;
  const end = { line: last.line, column: last.column + lengthOf(last) };
  if (rest.length === 0) throw new RuleError("rights-missing", path, end);
  // A space may follow a comma
  const count = rest.findIndex(({ text }) => !text.endsWith(",")) + 1 || rest.length;
  const rights = parseFileRights(rest.slice(0, count), path);
  const subjects = rest.slice(count);
  if (subjects.length === 0) throw new RuleError("subject-missing", path, end);
  const groups = new Set(GROUPS.filter((group) => subjects.some(({ text }) => text === group)));
  const names = subjects.filter(({ text }) => !GROUPS.some((group) => group === text));
  const accounts = names.map((word) => parseAccount(word, path));
  return { line: first.line, pattern, rights, groups, accounts };
}

function parsePattern(word: Word, path: string): PathPattern {
  if (!word.isQuoted && word.text.startsWith('"')) throw new RuleError("quote", path, word);
  const text = word.text.normalize("NFC").replace(/^\/|\/$/g, "");
  const components = word.text === "/" ? [] : text.split("/");
  for (const component of components) checkComponent(component, word, path);
  return new PathPattern(components);
}

/** Checks that a file could have this component, with a letter for each wildcard. */
function checkComponent(component: string, word: Word, path: string): void {
  if (component === "**") return;
  if (component.includes("**")) {
    throw new RuleError("pattern-stars", path, word, { word: word.text });
  }
  try {
    checkPath(component.replace(/[*?]/g, "x"));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new RuleError("pattern-path", path, word, {
      word: word.text,
      reason: error.reason,
      cause: error,
    });
  }
}

function parseFileRights(words: readonly Word[], path: string): FileRights {
  const pieces = words.flatMap(splitAtCommas);
  if (pieces.length === 1 && pieces[0]?.text === NO_RIGHTS) return fileRightsOf(new Set());
  const rights = new Set<Right>();
  for (const piece of pieces) {
    const right = FILE_RIGHTS.find((each) => each === piece.text);
    if (right === undefined) {
      throw new RuleError("rights-unknown", path, piece, { word: piece.text });
    }
    rights.add(right);
  }
  return fileRightsOf(rights);
}

/** Splits `a,b`; drops the empty part of `a,` if the list continues in the next word. */
function splitAtCommas(word: Word, i: number, words: readonly Word[]): Word[] {
  let column = word.column;
  const pieces = word.text.split(",").map((text) => {
    const piece = { ...word, text, column };
    column += lengthOf(piece) + 1;
    return piece;
  });
  return i < words.length - 1 ? pieces.slice(0, -1) : pieces;
}

function parseAccount(word: Word, path: string): NamedAccount {
  const { line, column, text } = word;
  try {
    return { name: checkAccountName(text), line, column };
  } catch (cause) {
    if (!(cause instanceof RequestError)) throw cause;
    throw new RuleError("subject-unknown", path, word, { word: text, cause });
  }
}

/** The words of a line, up to a comment. */
function splitLine(text: string, line: number): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const [whole, quoted] = match;
    if (quoted === undefined && whole.startsWith("#")) break;
    const column = [...text.slice(0, match.index)].length + 1;
    words.push({ text: quoted ?? whole, isQuoted: quoted !== undefined, line, column });
  }
  return words;
}

function lengthOf({ text, isQuoted }: Word): number {
  return [...text].length + (isQuoted ? 2 : 0);
}

/**
 * Decodes the bytes of a rule file.
 *
 * @throws {RuleError} `encoding` if they are not UTF-8
 */
export function decodeRuleText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    // Invalid bytes decode to U+FFFD, which marks the position of the mistake
    const [before = ""] = new TextDecoder().decode(bytes).split("\ufffd");
    const lines = before.split(/\r\n|\r|\n/);
    const column = [...(lines.at(-1) ?? "")].length + 1;
    throw new RuleError("encoding", path, { line: lines.length, column }, { cause });
  }
}
