import { cleanLine, display, type DisplayText } from "../../protocol/text.ts";

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

function formatDate(ms: number): DisplayText {
  const date = new Date(ms);
  const pad = (value: number) => String(value).padStart(2, "0");
  return cleanLine([date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join("-"));
}

/** `17:05` on the day of `nowMs`, else the date, too. */
export function formatRecentTime(ms: number, nowMs: number): DisplayText {
  const isToday = new Date(ms).toDateString() === new Date(nowMs).toDateString();
  return isToday ? formatClock(ms) : formatDateTime(ms);
}
