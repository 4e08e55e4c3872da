import { lastComponent, pathIn } from "../../protocol/path.ts";
import type { FoundFile } from "../transfer/found_files.ts";
import type { KeptJob } from "../transfer/kept_jobs.ts";
import type { PickedPlace } from "./picked_files.ts";
import type { TransferJob } from "./transfer_row.ts";

function newId(): string {
  return crypto.getRandomValues(new Uint8Array(8)).toHex();
}

/** A job of which nothing is known but what to move where. */
function newJob(
  job: Pick<TransferJob, "direction" | "path" | "size"> & Partial<TransferJob>,
): TransferJob {
  return {
    id: newId(),
    name: lastComponent(job.path),
    lastModified: 0,
    offerIn: null,
    replace: false,
    file: null,
    handle: null,
    inner: "",
    part: null,
    picked: null,
    ...job,
  };
}

/** The job of sending a file into a folder. @param offerIn a conversation */
export function uploadJob(found: FoundFile, folder: string, offerIn: string | null): TransferJob {
  const { path, file, handle, inner } = found;
  const { size = 0, lastModified = 0 } = file ?? {};
  const place = pathIn(folder, path);
  return newJob({
    direction: "upload",
    path: place,
    size,
    lastModified,
    offerIn,
    file,
    handle,
    inner,
  });
}

/** The job of making a folder that has no files. */
export function folderJob(path: string): TransferJob {
  return newJob({ direction: "upload", isFolder: true, path, size: 0 });
}

/** The job of fetching a file. @param picked where it goes; `null` to where the browser saves files */
export function downloadJob(
  path: string,
  size: number,
  picked: PickedPlace | null = null,
): TransferJob {
  return newJob({ direction: "download", path, size, picked });
}

/** A job that was kept by an earlier page. */
export function jobOfKept({ room, isPaused: _, tab: _tab, ...job }: KeptJob): TransferJob {
  return { ...job, offerIn: room, file: null, picked: null };
}
