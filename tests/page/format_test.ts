/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import {
  dayOf,
  formatChanged,
  formatDay,
  formatDuration,
  formatSize,
  formatSpeed,
  percentOf,
} from "../../lib/page/text/format.ts";
import { language } from "../../lib/page/text/language.ts";

/** Blanks that do not break, as Intl writes them, are shown as plain ones. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

Deno.test("formatSize: counts in thousands, and never shows four digits before the point", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1 kB"],
    [99_400, "99.4 kB"],
    [99_500, "100 kB"],
    [999_499, "999 kB"],
    [999_500, "1 MB"],
    [306_536_051, "307 MB"],
    [4 * 1024 ** 3, "4.3 GB"],
  ];
  for (const [bytes, text] of cases) assertEquals(plain(formatSize(bytes)), text);
});

Deno.test("formatSize, formatSpeed: follow the language", () => {
  try {
    language.value = "pt-BR";
    assertEquals(plain(formatSize(1_234_567)), "1,2 MB");
    assertEquals(plain(formatSpeed(1_250_000.4)), "1,3 MB/s");
  } finally {
    language.value = "en";
  }
});

Deno.test("percentOf: reaches 100 only with the last byte", () => {
  assertEquals(percentOf(0, 1000), 0);
  assertEquals(percentOf(999, 1000), 99);
  assertEquals(percentOf(1000, 1000), 100);
  assertEquals(percentOf(0, 0), 100);
});

Deno.test("formatDuration: rounds up, in one unit", () => {
  assertEquals(plain(formatDuration(0)), "1 sec");
  assertEquals(plain(formatDuration(90)), "90 sec");
  assertEquals(plain(formatDuration(91)), "2 min");
  assertEquals(plain(formatDuration(5401)), "2 hr");
});

Deno.test("dayOf, formatDay, formatChanged: go by the local day", () => {
  const noon = new Date(2026, 10, 29, 12).getTime();
  const lateBefore = new Date(2026, 10, 28, 23, 59).getTime();
  assertEquals(dayOf(noon) - dayOf(lateBefore), 1);
  assertEquals(formatDay(lateBefore, noon), "Saturday, November 28");
  assertEquals(formatDay(new Date(2025, 0, 1).getTime(), noon), "Wednesday, January 1, 2025");
  assertEquals(plain(formatChanged(noon, noon)), "12:00 PM");
  assertEquals(formatChanged(lateBefore, noon), "Nov 28");
  assertEquals(formatChanged(new Date(2025, 10, 28).getTime(), noon), "Nov 2025");
});
