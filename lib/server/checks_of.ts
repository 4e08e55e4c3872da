import type { FileChecks } from "../protocol/cluster_gauges.ts";
import type { ServerServices } from "./context/services.ts";

/**
 * What the checks of the files of a server have found so far, see `scrub`. Never throws: of a database that cannot be
 * read, nothing is told.
 */
export function checksOf(
  { catalogue, stats: { damagedFiles } }: Pick<ServerServices, "catalogue" | "stats">,
): FileChecks {
  try {
    const { oldestCheckMs = null, wrongCount = 0 } = catalogue?.held.holdings ?? {};
    return { checkedMs: oldestCheckMs, damagedFiles, wrongFiles: wrongCount };
  } catch {
    return { checkedMs: null, damagedFiles, wrongFiles: 0 };
  }
}
