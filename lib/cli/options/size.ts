const POWERS: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4 };

/**
 * Reads a size as people write it: `500000`, `10M` and `10MB` (10^6), `2GiB` (2^31), `1.5g`.
 *
 * @returns whole bytes; `null` when it is none, or more than can be counted exactly
 */
export function parseSize(text: string): number | null {
  const [, digits, unit = "", binary] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i.exec(text.trim()) ??
    [];
  const power = POWERS[unit.toLowerCase()];
  if (digits === undefined || power === undefined || (binary && unit === "")) return null;
  const bytes = Math.round(Number(digits) * (binary ? 1024 : 1000) ** power);
  return Number.isSafeInteger(bytes) ? bytes : null;
}
