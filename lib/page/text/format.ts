import { locale } from "./language.ts";

const KILO = 1000;
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"] as const;

/** Formatters are slow to make, and rows ask for them by the thousand. */
const made = new Map<string, unknown>();

function kept<T>(kind: string, make: (tag: string) => T): T {
  const key = `${locale.value} ${kind}`;
  const found = made.get(key) as T | undefined;
  if (found !== undefined) return found;
  const fresh = make(locale.value);
  made.set(key, fresh);
  return fresh;
}

/** A whole number with the separators of the language. */
export function formatCount(count: number): string {
  return kept("count", (tag) => new Intl.NumberFormat(tag)).format(count);
}

/** A number of bytes with three digits at the most after its first: `1.2 GB`. */
export function formatSize(bytes: number): string {
  let step = 0;
  let value = bytes;
  // Above 999.5 the rounded number would have four digits
  while (value >= 999.5 && step < UNITS.length - 1) {
    value /= KILO;
    step++;
  }
  const unit = UNITS[step] ?? "byte";
  const digits = step === 0 || value >= 99.5 ? 0 : 1;
  return kept(`${unit} ${digits}`, (tag) =>
    new Intl.NumberFormat(tag, {
      style: "unit",
      unit,
      unitDisplay: unit === "byte" ? "long" : "short",
      maximumFractionDigits: digits,
    })).format(value);
}

/** A speed: `12.4 MB/s`. */
export function formatSpeed(bytesPerSecond: number): string {
  return `${formatSize(Math.round(bytesPerSecond))}/s`;
}

/** A whole percentage, never 100 before all is done. */
export function percentOf(done: number, size: number): number {
  return size === 0 ? 100 : Math.floor(Math.min(1, done / size) * 100);
}

/** A duration in its largest unit, rounded up: `3 min`. */
export function formatDuration(seconds: number): string {
  const [unit, length] = seconds > 5400
    ? ["hour", 3600] as const
    : seconds > 90
    ? ["minute", 60] as const
    : ["second", 1] as const;
  const value = Math.max(1, Math.ceil(seconds / length));
  return kept(
    unit,
    (tag) => new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "short" }),
  ).format(value);
}

/** A time of day: `14:05`. */
export function formatTime(time: number): string {
  return kept("time", (tag) => new Intl.DateTimeFormat(tag, { timeStyle: "short" }))
    .format(time);
}

/** A date with its time, for what the pointer rests on. */
export function formatMoment(time: number): string {
  return kept(
    "moment",
    (tag) => new Intl.DateTimeFormat(tag, { dateStyle: "full", timeStyle: "short" }),
  ).format(time);
}

/** A time as a column of a list has room for it: of today, of this year, or older. */
export function formatChanged(time: number, now: number): string {
  if (dayOf(time) === dayOf(now)) return formatTime(time);
  const isRecent = new Date(time).getFullYear() === new Date(now).getFullYear();
  const parts = isRecent ? { day: "numeric" } as const : { year: "numeric" } as const;
  return kept(
    isRecent ? "day and month" : "month and year",
    (tag) => new Intl.DateTimeFormat(tag, { month: "short", ...parts }),
  ).format(time);
}

/** A day, with its weekday; with its year where it is not this one's. */
export function formatDay(time: number, now: number): string {
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return kept(sameYear ? "day" : "day of year", (tag) =>
    new Intl.DateTimeFormat(tag, {
      weekday: "long",
      day: "numeric",
      month: "long",
      ...(!sameYear && { year: "numeric" }),
    })).format(time);
}

/** The number of a day in the local time zone: equal for two times of one day. */
export function dayOf(time: number): number {
  const date = new Date(time);
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}
