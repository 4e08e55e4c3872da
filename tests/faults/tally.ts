import type { Kind, Outcome } from "./kind.ts";

/** Of fewer resumable transfers, none may be resumed by chance … */
const MIN_SAMPLE = 5;
/** … and of fewer than these, the share may be too small by chance. */
const MIN_SHARE_SAMPLE = 20;

/** The outcomes of all cycles of one kind. */
export class Tally {
  readonly kind: Kind;
  cycles = 0;
  hit = 0;
  resumable = 0;
  resumed = 0;
  /** Resumed ones among the resumable. */
  resumedSurely = 0;
  atOnce = 0;
  nextTry = 0;
  seconds = 0;
  /** The failures, each with the number of its cycle. */
  readonly failures: string[] = [];
  /** Why no cycle could run, or `null`. */
  notRun: string | null = null;

  constructor(kind: Kind) {
    this.kind = kind;
  }

  /** Counts a cycle without failures. */
  add({ wasHit, isResumable, hasResumed, atOnce }: Outcome): void {
    this.cycles++;
    if (wasHit) this.hit++;
    if (isResumable) this.resumable++;
    if (hasResumed) this.resumed++;
    if (isResumable && hasResumed) this.resumedSurely++;
    if (atOnce) this.atOnce++;
    else this.nextTry++;
  }

  /** Counts a failed cycle. */
  fail(reason: string): void {
    this.cycles++;
    this.failures.push(reason);
  }

  /** Checks the shares of transfers that succeeded at once, and that were resumed. */
  finish(): void {
    this.#checkAtOnce();
    this.#checkResumed();
  }

  #checkAtOnce(): void {
    const { minAtOnceShare = 0, name } = this.kind;
    const succeeded = this.atOnce + this.nextTry;
    if (succeeded < MIN_SHARE_SAMPLE || this.atOnce >= minAtOnceShare * succeeded) return;
    this.failures.push(`${name}: of ${succeeded} transfers, only ${this.atOnce} succeeded at once`);
  }

  #checkResumed(): void {
    const { minResumedShare = 0, name } = this.kind;
    const { resumable, resumedSurely } = this;
    if (resumable < MIN_SAMPLE || (resumable < MIN_SHARE_SAMPLE && resumedSurely > 0)) return;
    if (resumedSurely >= minResumedShare * resumable) return;
    this.failures.push(
      `${name}: of ${this.resumable} resumable transfers, only ${this.resumedSurely} were resumed`,
    );
  }
}

/** The counts of one kind, for scripts. */
export function toJson(tally: Tally): Record<string, unknown> {
  const { kind: { name }, cycles, hit, resumed, atOnce, nextTry, failures } = tally;
  const late = { interrupted: tally.resumable, resumed: tally.resumedSurely };
  const seconds = Math.round(tally.seconds);
  return {
    kind: name,
    ...(tally.notRun !== null && { notRun: tally.notRun }),
    ...{ cycles, interrupted: hit, resumed, late, atOnce, nextTry, failures, seconds },
  };
}

const HEAD = [
  "kind",
  "cycles",
  "interrupted in the middle",
  "resumed",
  "completed at once",
  "completed on the next try",
  "failures",
  "seconds",
];

/** All counts as a table in Markdown. */
export function formatTable(tallies: readonly Tally[]): string {
  const rows = [HEAD, ...tallies.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!);
  const lines = rows.map((row) => `| ${row.map(pad).join(" | ")} |`);
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  return [lines[0], `| ${rule.join(" | ")} |`, ...lines.slice(1)].join("\n");
}

function rowOf({ kind, notRun, failures, ...counts }: Tally): string[] {
  if (notRun !== null) return [`${kind.name} (not run)`, ...HEAD.slice(1).map(() => "")];
  const { cycles, hit, resumable, resumed, resumedSurely, atOnce, nextTry, seconds } = counts;
  return [
    kind.name,
    String(cycles),
    String(hit),
    resumable > 0 ? `${resumed} (${resumedSurely} of ${resumable} late)` : String(resumed),
    String(atOnce),
    String(nextTry),
    String(failures.length),
    String(Math.round(seconds)),
  ];
}
