import type { DatabaseSync } from "node:sqlite";
import { newSettings } from "../accounts/account_rows.ts";
import { RequestError } from "../protocol/errors.ts";
import type { ClusterLog } from "./cluster_log.ts";

/**
 * Sees to it that the log has what all accounts share: the first server makes it. The caller has applied the log
 * so far. Resolves once this server has it.
 *
 * @throws {RequestError} if the log cannot be reached
 */
export async function shareSecret(
  log: Pick<ClusterLog, "append">,
  database: DatabaseSync,
): Promise<void> {
  if (database.prepare("SELECT 1 FROM account_settings").get() !== undefined) return;
  const { secret, iterations } = newSettings();
  try {
    await log.append({ kind: "secret", secret: secret.toBase64(), iterations });
  } catch (error) {
    const isOther = error instanceof RequestError && error.code === "exists";
    if (!isOther) throw error; // Another server was first
  }
}
