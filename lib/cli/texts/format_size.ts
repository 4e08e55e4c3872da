import { format as formatBytes } from "@std/fmt/bytes";
import { BoundedMap } from "../../async/bounded_map.ts";
import type { Language } from "../../protocol/errors.ts";

/** A number in a language takes 50 µs to format, and the files of a folder are often of similar sizes. */
const formatted = new BoundedMap<string, string>(4_096);

/** A number of bytes for people: `15 MB`. */
export function formatSize(bytes: number, language: Language): string {
  const rounded = round(bytes);
  const key = `${language} ${rounded}`;
  const known = formatted.get(key);
  if (known !== undefined) return known;
  const maximumFractionDigits = rounded < 1000 ? 0 : 1;
  const text = formatBytes(rounded, { locale: language, maximumFractionDigits });
  formatted.set(key, text);
  return text;
}

/** To a tenth of the unit that it is shown in. */
function round(bytes: number): number {
  if (!(bytes >= 1000)) return bytes;
  const tenth = 1000 ** Math.floor(Math.log10(bytes) / 3) / 10;
  return Math.round(bytes / tenth) * tenth;
}
