const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** The units of a duration, singular and plural, in both languages. */
const UNITS: ReadonlyArray<readonly [unit: RegExp, ms: number]> = [
  [/^(s|secs?|seconds?|segundos?)$/, SECOND_MS],
  [/^(m|mins?|minutes?|minutos?)$/, MINUTE_MS],
  [/^(h|hours?|horas?)$/, HOUR_MS],
  [/^(d|days?|dias?)$/, DAY_MS],
  [/^(w|weeks?|semanas?)$/, WEEK_MS],
];
/** As far as dates go (ECMAScript: 100 million days). */
const MAX_MS = 8.64e15;

/**
 * Reads a duration such as `30s`, `10m`, `2h`, `7d`, `2w` or `1day`.
 *
 * @param minimumMs default: more than 0
 * @param maximumMs default: as far as dates go
 * @returns milliseconds; `null` when the text is none, or one beyond the limits
 */
export function parseDuration(text: string, minimumMs = 1, maximumMs = MAX_MS): number | null {
  const [, count, word = ""] = /^(\d{1,16})([a-z]+)$/i.exec(text) ?? [];
  const [, unitMs = NaN] = UNITS.find(([unit]) => unit.test(word.toLowerCase())) ?? [];
  const ms = Number(count) * unitMs;
  return ms >= minimumMs && ms <= maximumMs ? ms : null;
}
