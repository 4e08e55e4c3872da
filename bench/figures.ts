/** The goal of a figure. */
export interface Goal {
  readonly limit: number;
  readonly sense: "at most" | "at least";
}

/** A measured value. */
export interface Figure {
  readonly name: string;
  /** `NaN` if it could not be measured; the note has the reason. */
  readonly value: number;
  readonly unit: string;
  /** Missing if the figure is only for comparison. */
  readonly goal?: Goal;
  /** Details: parts, spread, compared values. */
  readonly note?: string;
}

/** A goal that is reached by values up to the limit. */
export function atMost(limit: number): Goal {
  return { limit, sense: "at most" };
}

/** A goal that is reached by values from the limit. */
export function atLeast(limit: number): Goal {
  return { limit, sense: "at least" };
}

/**
 * The share of its goal by which a figure misses it: 0 if it is reached, 0.5 if it is half as good.
 * For a goal of 0, the excess itself.
 */
export function shortfall({ value, goal }: Figure): number {
  if (goal === undefined || Number.isNaN(value)) return 0;
  const excess = goal.sense === "at most" ? value - goal.limit : goal.limit - value;
  return Math.max(0, excess / (goal.limit || 1));
}

/** Formats a number with three significant digits and thousands separators. */
export function formatNumber(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}

/** Formats `3 (2 to 5)` for the median, the minimum and the maximum. */
export function formatSpread(values: readonly number[]): string {
  const minimum = formatNumber(Math.min(...values));
  return `${formatNumber(median(values))} (${minimum} to ${formatNumber(Math.max(...values))})`;
}

/** The middle value, or the mean of the two middle values. */
export function median(values: readonly number[]): number {
  return (percentile(values, 0.5) + percentile(values, 0.5, Math.ceil)) / 2;
}

/** The median of the ratios of two series of values. */
export function medianRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, i) => value / others[i]!));
}

/** The smallest value that at least `share` of all values do not exceed. */
export function percentile(
  values: readonly number[],
  share: number,
  round: (position: number) => number = Math.floor,
): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[round((sorted.length - 1) * share)] ?? NaN;
}

/** Formats figures as a Markdown table. */
export function formatTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    Number.isNaN(figure.value) ? "–" : `${formatNumber(figure.value)} ${figure.unit}`.trim(),
    figure.goal ? `${figure.goal.sense} ${formatNumber(figure.goal.limit)}` : "",
    verdict(figure),
    figure.note ?? "",
  ]);
  const all = [["measurement", "value", "goal", "result", "note"], ...rows];
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
