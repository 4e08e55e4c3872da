/** The units that a duration is written in, in milliseconds. */
const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
/** As far as dates go (ECMAScript: 100 million days). */
const MAX_MS = 8.64e15;

/**
 * Reads a duration such as `30s`, `10m`, `2h` or `7d`.
 *
 * @returns milliseconds, more than 0; `null` when the text is none
 */
export function parseDuration(text: string): number | null {
  const [, count, unit = ""] = /^(\d{1,16})([smhd])$/i.exec(text) ?? [];
  const ms = Number(count) * (UNITS_MS[unit.toLowerCase()] ?? NaN);
  return ms > 0 && ms <= MAX_MS ? ms : null;
}
