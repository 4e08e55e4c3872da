/** A local time: `17:05`. */
export function formatClock(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 5);
}

/** A local time with seconds: `17:05:09`. */
export function formatClockSeconds(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}

/** A local date and time: `2026-01-31 17:05`. */
export function formatDateTime(ms: number): string {
  return `${formatDate(ms)} ${formatClock(ms)}`;
}

/** A local date and time with seconds: `2026-01-31 17:05:09`. */
export function formatDateSeconds(ms: number): string {
  return `${formatDate(ms)} ${formatClockSeconds(ms)}`;
}

function formatDate(ms: number): string {
  const date = new Date(ms);
  const pad = (value: number) => String(value).padStart(2, "0");
  return [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join("-");
}

/** `17:05` on the day of `nowMs`, else the date, too. */
export function formatRecentTime(ms: number, nowMs: number): string {
  const isToday = new Date(ms).toDateString() === new Date(nowMs).toDateString();
  return isToday ? formatClock(ms) : formatDateTime(ms);
}
