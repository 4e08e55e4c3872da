import { assertEquals } from "@std/assert";
import { parseDuration } from "../../lib/cli/options/duration.ts";

Deno.test("parseDuration: reads seconds, minutes, hours, days and weeks", () => {
  assertEquals(parseDuration("1s"), 1_000);
  assertEquals(parseDuration("30s"), 30_000);
  assertEquals(parseDuration("10m"), 600_000);
  assertEquals(parseDuration("2h"), 7_200_000);
  assertEquals(parseDuration("7d"), 604_800_000);
  assertEquals(parseDuration("007D"), 604_800_000);
  assertEquals(parseDuration("2w"), 1_209_600_000);
  for (const day of ["1day", "1days", "1dia", "24hours", "1440mins", "86400segundos"]) {
    assertEquals(parseDuration(day), 86_400_000, day);
  }
  assertEquals(parseDuration("100000000d"), 8.64e15);
});

Deno.test("parseDuration: returns null for any other text", () => {
  const invalid = [
    "",
    "s",
    "10",
    "0s",
    "-1m",
    "+1m",
    "1.5h",
    "1e3s",
    " 1s",
    "1s ",
    "1 s",
    "1ms",
    "1dayz",
  ];
  for (const text of [...invalid, "1h30m", "١s", "spam", "100000001d", "9".repeat(400) + "d"]) {
    assertEquals(parseDuration(text), null, text);
  }
});
