/**
 * A child process that opens the rule files named by its arguments, and prints each result.
 *
 * @module
 */
import { RuleError } from "../../lib/accounts/rule_error.ts";
import { RuleFile } from "../../lib/accounts/rule_file.ts";
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
