import type { RequestErrorReason } from "../protocol/errors.ts";
import { FILE_RIGHTS, NO_RIGHTS } from "./rights.ts";

/** The mistakes that a rule file can have. */
export type RuleErrorCode =
  | "encoding"
  | "file-long"
  | "pattern-path"
  | "pattern-stars"
  | "quote"
  | "rights-missing"
  | "rights-unknown"
  | "subject-missing"
  | "subject-unknown";

/** A position in the file, both from 1; a column is one character. */
export interface RulePosition {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

/** Options of a {@link RuleError}. */
export interface RuleErrorOptions extends ErrorOptions {
  /** The word at the position. */
  readonly word?: string;
  /** Why no file can have the path of the pattern. */
  readonly reason?: RequestErrorReason | null;
}

const RIGHTS = `${FILE_RIGHTS.join(", ")}, separated by commas, or ${NO_RIGHTS}`;

const DETAILS: Readonly<Record<RuleErrorCode, string>> = {
  "encoding": "the line is not UTF-8",
  "file-long": "the file is too long",
  "pattern-path": "no file can have this path",
  "pattern-stars": "** must be a whole component, between two /",
  "quote": "a pattern in quotes ends in a quote, and a space after it",
  "rights-missing": `rights are expected: ${RIGHTS}`,
  "rights-unknown": `this is no right: ${RIGHTS} is expected`,
  "subject-missing": "accounts are expected: *, guests, members, admins, or names of accounts",
  "subject-unknown":
    "this is no account: *, guests, members, admins, or the name of an account is expected",
};

/** The error for a mistake in the rule file, whose rules then do not hold. */
export class RuleError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "RuleError";
  /** Where the mistake is, from 1. */
  readonly line: number;
  /** Where in the line, from 1, in characters. */
  readonly column: number;
  /** The word at the position, or `""`. */
  readonly word: string;
  /** Why no file can have the path of the pattern, or `null`. */
  readonly reason: RequestErrorReason | null;

  /** The message is for logs. @param path of the file on this machine; no peer gets it */
  constructor(
    readonly code: RuleErrorCode,
    readonly path: string,
    { line, column }: RulePosition,
    { word = "", reason = null, ...options }: RuleErrorOptions = {},
  ) {
    const detail = word === "" ? DETAILS[code] : `${DETAILS[code]}: ${word}`;
    super(`Cannot use ${path}: line ${line}, column ${column}: ${detail}`, options);
    this.line = line;
    this.column = column;
    this.word = word;
    this.reason = reason;
  }
}
