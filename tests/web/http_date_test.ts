import { assertEquals } from "@std/assert";
import { parseHttpDate } from "../../lib/web/http_date.ts";

const NOW_MS = Date.UTC(2026, 10, 30);

Deno.test("parseHttpDate: takes the three forms of RFC 9110", () => {
  const dates: ReadonlyArray<readonly [text: string, ms: number]> = [
    ["Sun, 06 Nov 1994 08:49:37 GMT", Date.UTC(1994, 10, 6, 8, 49, 37)],
    ["Sunday, 06-Nov-94 08:49:37 GMT", Date.UTC(1994, 10, 6, 8, 49, 37)],
    ["Sun Nov  6 08:49:37 1994", Date.UTC(1994, 10, 6, 8, 49, 37)],
    ["Wed Nov 16 08:49:37 1994", Date.UTC(1994, 10, 16, 8, 49, 37)],
    ["Saturday, 01-Jan-76 00:00:00 GMT", Date.UTC(2076, 0, 1)],
    ["Saturday, 01-Jan-77 00:00:00 GMT", Date.UTC(1977, 0, 1)],
    ["Thu, 29 Feb 2024 23:59:59 GMT", Date.UTC(2024, 1, 29, 23, 59, 59)],
    ["Sat, 31 Dec 2016 23:59:60 GMT", Date.UTC(2017, 0, 1)],
    ["Sat, 01 Jan 0050 00:00:00 GMT", Date.parse("0050-01-01T00:00:00Z")],
  ];
  for (const [text, ms] of dates) assertEquals(parseHttpDate(text, NOW_MS), ms, text);
});

Deno.test("parseHttpDate: takes nothing else", () => {
  const others = [
    "",
    "0",
    "2026-11-30",
    "2026-11-30T00:00:00Z",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0200",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "sun, 06 nov 1994 08:49:37 gmt",
    "06 Nov 1994 08:49:37 GMT",
    "Sun, 30 Feb 2026 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06-Nov-94 08:49:37 GMT",
    "Sun Nov 6 08:49:37 1994",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
  ];
  for (const text of others) assertEquals(parseHttpDate(text, NOW_MS), null, text);
  assertEquals(parseHttpDate(undefined), null);
});
