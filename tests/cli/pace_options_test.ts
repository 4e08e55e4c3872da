import { assertEquals, assertThrows } from "@std/assert";
import { readEvery } from "../../lib/cli/client/pace_options.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";
import { PACE_LIMITS } from "../../lib/protocol/limits.ts";

Deno.test("readEvery: takes a second to a week", () => {
  const locale = makeLocale("en");
  assertEquals(readEvery(undefined, locale), null);
  assertEquals(readEvery("1s", locale), PACE_LIMITS.everyMsMin);
  assertEquals(readEvery("2s", locale), PACE_LIMITS.everyMsMin + 1_000);
  assertEquals(readEvery("5m", locale), 300_000);
  assertEquals(readEvery("604799s", locale), PACE_LIMITS.everyMsMax - 1_000);
  assertEquals(readEvery("1w", locale), PACE_LIMITS.everyMsMax);
  for (const text of ["0s", "604801s", "30", "1ms", "x"]) {
    const error = assertThrows(() => readEvery(text, locale), UsageError);
    assertEquals(
      error.message,
      `--every must be a time such as 30s or 5m, from 1s to 7d, not ${text}`,
    );
  }
});
