/** What a figure should be. */
export interface Goal {
  readonly limit: number;
  readonly sense: "at most" | "at least";
}

/** One measured thing. */
export interface Figure {
  readonly name: string;
  /** `NaN` where it could not be measured; the note says why. */
  readonly value: number;
  readonly unit: string;
  /** Missing where the figure is only there to compare others with. */
  readonly goal?: Goal;
  /** How it came about: parts, spread, what it is compared with. */
  readonly note?: string;
}

/** A goal that small figures reach. */
export function atMost(limit: number): Goal {
  return { limit, sense: "at most" };
}

/** A goal that large figures reach. */
export function atLeast(limit: number): Goal {
  return { limit, sense: "at least" };
}

/**
 * By how much of its goal a figure falls short: 0 when it is reached, 0.5 for half as good. Of a
 * goal of 0, by how much at all.
 */
export function shortfall({ value, goal }: Figure): number {
  if (goal === undefined || Number.isNaN(value)) return 0;
  const excess = goal.sense === "at most" ? value - goal.limit : goal.limit - value;
  return Math.max(0, excess / (goal.limit || 1));
}

/** A number as people like to read it: three digits that matter, thousands apart. */
export function formatNumber(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}

/** `3 (2 to 5)` for the median, the least and the greatest of some measurements. */
export function formatSpread(values: readonly number[]): string {
  const least = formatNumber(Math.min(...values));
  return `${formatNumber(median(values))} (${least} to ${formatNumber(Math.max(...values))})`;
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return (percentile(values, 0.5) + percentile(values, 0.5, Math.ceil)) / 2;
}

/** The median of how much larger each value is than its counterpart. */
export function medianRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, i) => value / others[i]!));
}

/** The smallest value that `share` of all values do not exceed. */
export function percentile(
  values: readonly number[],
  share: number,
  round: (position: number) => number = Math.floor,
): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[round((sorted.length - 1) * share)] ?? NaN;
}

/** All figures as a table in Markdown, to be pasted. */
export function formatTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    Number.isNaN(figure.value) ? "–" : `${formatNumber(figure.value)} ${figure.unit}`.trim(),
    figure.goal ? `${figure.goal.sense} ${formatNumber(figure.goal.limit)}` : "",
    verdict(figure),
    figure.note ?? "",
  ]);
  const all = [["what", "measured", "goal", "result", "note"], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map((row) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`
  );
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}

function verdict(figure: Figure): string {
  if (figure.goal === undefined || Number.isNaN(figure.value)) return "";
  const missing = shortfall(figure);
  return missing === 0 ? "reached" : `missed by ${formatNumber(missing * 100)} %`;
}
