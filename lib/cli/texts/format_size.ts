import { format as formatBytes } from "@std/fmt/bytes";
import type { Language } from "../../protocol/errors.ts";

/** A number of bytes for people: `15 MB`. */
export function formatSize(bytes: number, language: Language): string {
  return formatBytes(bytes, { locale: language, maximumFractionDigits: bytes < 1000 ? 0 : 1 });
}
