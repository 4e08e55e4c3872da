/** How a check of a diagnosis ends. A warning is no failure; a skipped check was not carried out. */
export type CheckStatus = "ok" | "warn" | "fail" | "skip";

/** Facts about a finding, for its text and for programs. */
export type CheckData = Readonly<Record<string, string | number | readonly string[]>>;

/** What a check finds: texts, hints and exit codes go by its name. */
export interface Found<F extends string = string> {
  /** Begins with the id of the check: `port-refused`. */
  readonly finding: F;
  /** The values of its text. */
  readonly data: CheckData;
  /** The error behind it, which a text may quote; `undefined` for none. */
  readonly error?: unknown;
}

/** The result of one check of a diagnosis. */
export interface Check<F extends string = string> extends Found<F> {
  /** Such as `port`. */
  readonly id: string;
  /** Follows from the finding. */
  readonly status: CheckStatus;
  /** How long the check took, in milliseconds. */
  readonly ms: number;
}

/** The id of the check that a finding belongs to: the word before its first hyphen. */
export function checkIdOf(finding: string): string {
  return finding.split("-", 1)[0] ?? finding;
}

/** A finding with the facts about it. */
export function found<F extends string>(
  finding: F,
  data?: CheckData,
  error?: unknown,
): Found<F> {
  return { finding, data: data ?? {}, ...(error !== undefined && { error }) };
}

/** Makes the result of a check of its finding. */
export function toCheck<F extends string>(
  found: Found<F>,
  statuses: Readonly<Record<F, CheckStatus>>,
  ms: number,
): Check<F> {
  const { finding } = found;
  return { id: checkIdOf(finding), status: statuses[finding], ...found, ms: Math.round(ms) };
}
