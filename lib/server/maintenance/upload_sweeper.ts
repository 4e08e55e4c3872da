import type { LinkStore } from "../../accounts/link_store.ts";
import { pause } from "../../async/pause.ts";
import { basename } from "../../files/path.ts";
import { linkOfPart } from "../../files/upload_store.ts";
import type { UploadParts } from "../../files/upload_parts.ts";

const INTERVAL_MS = 60 * 1000;

/**
 * Counts what earlier runs have kept of uploads by links. Then removes the parts of uploads that were interrupted
 * too long ago, and the oldest ones beyond the limit, now and every minute, until `signal` fires.
 *
 * @param links count it
 * @param onError called if a folder cannot be read
 */
export async function sweepUploads(
  parts: UploadParts,
  links: Pick<LinkStore, "restoreKept">,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  await parts.discover(signal);
  const left = await parts.list().catch(onError) ?? [];
  for (const { path, sizeBytes, changedMs, isNamed } of left) {
    const name = basename(path);
    const link = linkOfPart(name);
    if (link !== null && !isNamed) {
      links.restoreKept(link, name, sizeBytes, changedMs ?? Date.now());
    }
  }
  while (!signal.aborted) {
    await parts.sweep(Date.now()).catch(onError);
    await pause(INTERVAL_MS, signal);
  }
}
