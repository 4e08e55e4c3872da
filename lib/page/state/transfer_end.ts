import { RequestError } from "../../protocol/errors.ts";
import type { TransferJob } from "./transfer_row.ts";

/** Why a link has ended for good, or is none. One that was stopped may work again. */
const LINK_ENDS = ["link-expired", "link-revoked", "link-unknown", "link-used"];
/** What browsers call a file that the page may not read, or not any more. */
const UNREADABLE = ["NotReadableError", "NotFoundError", "NotAllowedError"];

/** Whether the link has ended by which the page has come. */
export function isLinkEnd(error: unknown): boolean {
  return error instanceof RequestError && LINK_ENDS.includes(error.reason ?? "");
}

/** The state of a transfer that an error has ended. */
export function stateAfter(
  error: unknown,
  { direction, isFolder }: Pick<TransferJob, "direction" | "isFolder">,
): "exists" | "needs-file" | "failed" {
  if (error instanceof RequestError && error.code === "exists" && !isFolder) return "exists";
  const isUnreadable = error instanceof DOMException && UNREADABLE.includes(error.name);
  return isUnreadable && direction === "upload" ? "needs-file" : "failed";
}
