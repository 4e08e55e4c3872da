import { cleanLine, display, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";

/** A local time: `17:05`. */
export function formatClock(ms: number): DisplayText {
  return cleanLine(new Date(ms).toTimeString().slice(0, 5));
}

/** A local time with seconds: `17:05:09`. */
export function formatClockSeconds(ms: number): DisplayText {
  return cleanLine(new Date(ms).toTimeString().slice(0, 8));
}

/** A local date and time: `2026-01-31 17:05`. */
export function formatDateTime(ms: number): DisplayText {
  return display`${formatDate(ms)} ${formatClock(ms)}`;
}

/** A local date and time with seconds: `2026-01-31 17:05:09`. */
export function formatDateSeconds(ms: number): DisplayText {
  return display`${formatDate(ms)} ${formatClockSeconds(ms)}`;
}

/** A local date: `2026-01-31`. */
export function formatDate(ms: number): DisplayText {
  const date = new Date(ms);
  const pad = (value: number) => String(value).padStart(2, "0");
  return cleanLine([date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join("-"));
}

/** `17:05` on the day of `nowMs`, else the date, too. */
export function formatRecentTime(ms: number, nowMs: number): DisplayText {
  const isToday = new Date(ms).toDateString() === new Date(nowMs).toDateString();
  return isToday ? formatClock(ms) : formatDateTime(ms);
}

/** A time of whole seconds that was set: `30 s`, `5 min`. @param ms a multiple of 1,000 */
export function formatSetTime(ms: number, locale: Pick<Locale, "decimal">): DisplayText {
  const seconds = ms / 1_000;
  return seconds < 60 ? cleanLine(`${seconds} s`) : formatElapsed(seconds, locale);
}

/** A time that has passed, to two of its units: `2.1 s`, `3 min 20 s`, `1 h 5 min`. */
export function formatElapsed(seconds: number, { decimal }: Pick<Locale, "decimal">): DisplayText {
  const rounded = Math.round(seconds);
  if (rounded < 60) return display`${decimal(seconds)} s`;
  const [hours, minutes] = [Math.floor(rounded / 3_600), Math.floor(rounded / 60) % 60];
  if (hours === 0) return display`${cleanLine(`${minutes}`)} min ${cleanLine(`${rounded % 60}`)} s`;
  return display`${cleanLine(`${hours}`)} h ${cleanLine(`${minutes}`)} min`;
}
