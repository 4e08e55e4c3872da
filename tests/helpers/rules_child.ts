/**
 * A process that opens the rule files that its arguments name, and prints what came of each.
 *
 * @module
 */
import { RuleFile } from "../../lib/accounts/rule_file.ts";
import { RuleError } from "../../lib/accounts/rule_error.ts";
import { DiskError } from "../../lib/files/disk_error.ts";

for (const path of Deno.args) {
  try {
    await RuleFile.open(path);
    console.log(JSON.stringify({ event: "open" }));
  } catch (error) {
    const code = error instanceof DiskError
      ? error.code
      : error instanceof RuleError
      ? "rule"
      : "?";
    console.log(JSON.stringify({ event: "refused", code }));
  }
}
