import { partName } from "../transfer/private_files.ts";
import type { TransferPlatform } from "./transfer_platform.ts";
import type { TransferRow } from "./transfer_row.ts";

/**
 * Frees the room of what was saved or forgotten long ago, but not of what any tab goes on with.
 *
 * @param rows the transfers of this tab
 */
export async function sweepParts(
  { kept, privateFiles }: Pick<TransferPlatform, "kept" | "privateFiles">,
  rows: readonly TransferRow[],
): Promise<void> {
  if (privateFiles === null) return;
  const own = rows.filter(({ state: { value } }) => value !== "verified");
  const ids = [...await kept.ids(), ...own.map(({ id }) => id)];
  await privateFiles.sweep(new Set(ids.map(partName)));
}
