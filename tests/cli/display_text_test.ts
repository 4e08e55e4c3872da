import { assertEquals } from "@std/assert";
import { describeError } from "../../lib/cli/texts/failure.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";
import { DiskError } from "../../lib/files/disk_error.ts";

Deno.test("describeError: cleans every message, the path of a disk error included", () => {
  const path = "/tmp/an\u202efdp.exe\x1b[2J";
  const { message } = describeError(new DiskError("io", path, "broken"), "en");
  assertEquals(message.includes("anfdp.exe[2J"), true);
  assertEquals(describeError(new UsageError("no\u009b31m"), "en").message, "no31m");
});
