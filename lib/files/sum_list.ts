import { dirname } from "./path.ts";
import { RequestError, type RequestErrorReason } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { checkPath } from "../protocol/path.ts";
import { replaceFile } from "./atomic_file.ts";
import { readConfigFile } from "./config_file.ts";
import { asDiskError, DiskError } from "./disk_error.ts";

/** The mistakes that a list of sums can have. */
export type SumListErrorCode = "malformed" | "path" | "repeated" | "empty" | "too-large";

/** Options of a {@link SumListError}. */
export interface SumListErrorOptions extends ErrorOptions {
  /** From 1; 0 for the whole list. */
  readonly line: number;
  /** The path in the line, or the line. */
  readonly text: string;
  /** Why no file can have the path. */
  readonly reason?: RequestErrorReason | null;
}

const DETAILS: Readonly<Record<SumListErrorCode, string>> = {
  "malformed": "this is no SHA-256 and the path of a file",
  "path": "no file of a server can have this path",
  "repeated": "the path stands in another line, too",
  "empty": "the list names no file",
  "too-large": "the list is too long",
};

/** The error for a list of sums that cannot be used. */
export class SumListError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "SumListError";
  /** Where the mistake is, from 1; 0 for the whole list. */
  readonly line: number;
  /** The path in the line, or the line. */
  readonly text: string;
  /** Why no file can have the path, or `null`. */
  readonly reason: RequestErrorReason | null;

  /** The message is for logs. */
  constructor(readonly code: SumListErrorCode, options: SumListErrorOptions) {
    const { line, text, reason = null } = options;
    super(`Cannot use the sums: line ${line}: ${DETAILS[code]}: ${text.slice(0, 200)}`, options);
    this.line = line;
    this.text = text;
    this.reason = reason;
  }
}

/** The line of `sha256sum`: two blanks, or a blank and `*`. A `\` at its start says that the path is escaped. */
const LINE = /^(?<escape>\\?)(?<sha256>[0-9a-f]{64}) [ *](?<path>.+)$/is;
/** The line of `sha256sum --tag`, and of the BSDs. */
const TAGGED_LINE = /^(?<escape>\\?)SHA256 \((?<path>.+)\) = (?<sha256>[0-9a-f]{64})$/is;

/** What a letter behind a `\` stands for, and the other way round. */
const UNESCAPED: Readonly<Record<string, string>> = { "\\": "\\", n: "\n", r: "\r" };
const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r" };

/**
 * Reads a list as `sha256sum` and `shasum -a 256` write it: the SHA-256 of each path, in hex and lower case.
 * Empty lines and those that begin with `#` are skipped, and `./` before a path.
 *
 * @throws {SumListError} for any other line, for a path that leads elsewhere, or twice
 */
export function parseSums(text: string): Map<string, string> {
  const sums = new Map<string, string>();
  for (const [at, raw] of text.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
    if (raw.trim() === "" || raw.startsWith("#")) continue;
    const line = at + 1;
    const { escape, sha256 = "", path = "" } = (LINE.exec(raw) ?? TAGGED_LINE.exec(raw))?.groups ??
      {};
    if (sha256 === "") throw new SumListError("malformed", { line, text: raw });
    const checked = checkedPath(escape === "" ? path : unescape(path), line);
    if (sums.has(checked)) throw new SumListError("repeated", { line, text: checked });
    sums.set(checked, sha256.toLowerCase());
  }
  return sums;
}

/** The list that `sha256sum -c` and {@link parseSums} read, sorted by path. */
export function formatSums(sums: ReadonlyMap<string, string>): string {
  const lines = [...sums].sort(([a], [b]) => a < b ? -1 : 1).map(([path, sha256]) => {
    const escaped = path.replaceAll(/[\\\n\r]/g, (found) => ESCAPED[found] ?? found);
    return `${escaped === path ? "" : "\\"}${sha256}  ${escaped}\n`;
  });
  return lines.join("");
}

/** A path, not yet checked, of an escaped line. */
function unescape(path: string): string {
  return path.replaceAll(/\\(.)/g, (found, letter: string) => UNESCAPED[letter] ?? found);
}

function checkedPath(text: string, line: number): string {
  try {
    return checkPath(text.replace(/^(\.\/+)+/, ""));
  } catch (cause) {
    const reason = cause instanceof RequestError ? cause.reason : null;
    throw new SumListError("path", { line, text, reason, cause });
  }
}

/**
 * Reads a file of sums, or a pipe with them. One without any, such as a list that was never written, would be
 * taken for one of which all is in order.
 *
 * @throws {DiskError} when it cannot be read
 * @throws {SumListError} as {@link parseSums}; `empty`, `too-large`
 */
export async function readSumFile(path: string): Promise<Map<string, string>> {
  const bytes = await readConfigFile(path, LIMITS.sumFileBytes);
  if (bytes.length > LIMITS.sumFileBytes) {
    throw new SumListError("too-large", { line: 0, text: path });
  }
  const sums = parseSums(new TextDecoder().decode(bytes));
  if (sums.size === 0) throw new SumListError("empty", { line: 0, text: path });
  return sums;
}

/**
 * Checks that a file can be written in its folder, before there is anything to write.
 *
 * @throws {DiskError}
 */
export async function checkSumPlace(path: string): Promise<void> {
  try {
    await Deno.realPath(dirname(path));
    const isFolder = await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
    if (isFolder) throw new Deno.errors.IsADirectory("it is a folder");
  } catch (error) {
    throw asDiskError(error, path, "write");
  }
}

/** Checks that a list does not take the place of a file that it is about. @throws {DiskError} `exists` */
export async function checkSumsApart(path: string, files: readonly string[]): Promise<void> {
  const placeOf = (file: string) => Deno.realPath(file).catch(() => null);
  const place = await placeOf(path);
  for (const file of files) {
    if (place === null || await placeOf(file) !== place) continue;
    throw new DiskError("exists", path, `Cannot write ${path}: it is one of the files`);
  }
}

/** Writes a file of sums, in place of one that is there; a device or a pipe is written to. @throws {DiskError} */
export async function writeSumFile(
  path: string,
  sums: ReadonlyMap<string, string>,
): Promise<void> {
  try {
    const isOther = await Deno.stat(path).then(({ isFile }) => !isFile, () => false);
    if (isOther) await Deno.writeTextFile(path, formatSums(sums));
    else await replaceFile(path, formatSums(sums), { mode: 0o666 });
  } catch (error) {
    throw asDiskError(error, path, "write");
  }
}
