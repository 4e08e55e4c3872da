import { assertEquals } from "@std/assert";
import { describeError } from "../../lib/cli/texts/failure.ts";
import type { LineInput } from "../../lib/cli/terminal/line_input.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import { cleanLine, type DisplayText, isClean } from "../../lib/protocol/text.ts";

Deno.test("describeError: cleans every message, the path of a disk error included", () => {
  const path = "/tmp/an\u202efdp.exe\x1b[2J";
  const { message } = describeError(new DiskError("io", path, "broken"), "en");
  assertEquals(message.includes("anfdp.exe[2J"), true);
  assertEquals(describeError(new UsageError("no\u009b31m"), "en").message, "no31m");
});

Deno.test("Locale.t: returns text for a view only if its parameters are cleaned, so the compiler says", () => {
  const { t } = makeLocale("en");
  const raw: string = "a\u001b[2Jb";
  const shown: DisplayText[] = [];
  shown.push(t("left"), t("connectedTo", { address: cleanLine(raw) }));
  // @ts-expect-error: the parameter is not cleaned
  shown.push(t("connectedTo", { address: raw }));
  const print: LineInput["print"] = (text) => void shown.push(text);
  // @ts-expect-error: neither is this
  print(raw);
  assertEquals(shown.map(isClean), [true, true, false, false]);
});
