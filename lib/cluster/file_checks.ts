import type { FileChecks } from "../protocol/cluster_gauges.ts";
import type { Fields } from "../protocol/json.ts";

/** Reads `checks`; `null` if it is absent, as an older server does not tell. @throws {RequestError} */
export function decodeChecks(fields: Fields): FileChecks | null {
  if (!fields.has("checks")) return null;
  const checks = fields.object("checks");
  return {
    checkedMs: checks.optionalInteger("checkedMs") ?? null,
    damagedFiles: checks.integer("damagedFiles"),
    wrongFiles: checks.integer("wrongFiles"),
  };
}
