import { assertEquals } from "@std/assert";
import { isForConsole } from "../../lib/cli/interactive/is_for_console.ts";

const LINES: ReadonlyArray<readonly [line: string, expected: boolean]> = [
  ["/kick bob", true],
  ["/Who", true],
  ["/", true],
  ["/limit client 2M", true],
  ["limit 2M", false],
  ["/topic #other closed", true],
  ["/TOPIC #Ops closed", false],
  ["/topic closed", false],
  ["/topic", false],
  ["/quit", false],
  ["/rooms", false],
  ["kick bob", false],
  ["who", false],
  ["topic #other closed", false],
];

for (const [line, expected] of LINES) {
  Deno.test(`isForConsole: is ${expected} for ${line}`, () => {
    assertEquals(isForConsole(line, ["lobby", "ops"]), expected);
  });
}
