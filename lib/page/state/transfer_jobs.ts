import type { FoundFile } from "../transfer/found_files.ts";
import type { KeptJob } from "../transfer/kept_jobs.ts";
import type { PickedPlace } from "./picked_files.ts";
import type { TransferJob } from "./transfer_row.ts";

/** A path in a folder of the server. */
export function inFolder(folder: string, path: string): string {
  return folder === "" ? path : `${folder}/${path}`;
}

function newId(): string {
  return crypto.getRandomValues(new Uint8Array(8)).toHex();
}

/** The job of sending a file into a folder. @param offerIn a conversation */
export function uploadJob(found: FoundFile, folder: string, offerIn: string | null): TransferJob {
  const { path, file, handle, inner } = found;
  return {
    id: newId(),
    direction: "upload",
    name: file.name,
    path: inFolder(folder, path),
    size: file.size,
    lastModified: file.lastModified,
    offerIn,
    replace: false,
    file,
    handle,
    inner,
    part: null,
    picked: null,
  };
}

/** The job of fetching a file. @param picked where it goes; `null` to where the browser saves files */
export function downloadJob(
  path: string,
  size: number,
  picked: PickedPlace | null = null,
): TransferJob {
  return {
    id: newId(),
    direction: "download",
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    size,
    lastModified: 0,
    offerIn: null,
    replace: false,
    file: null,
    handle: null,
    inner: "",
    part: null,
    picked,
  };
}

/** A job that was kept by an earlier page. */
export function jobOfKept({ room, isPaused: _, tab: _tab, ...job }: KeptJob): TransferJob {
  return { ...job, offerIn: room, file: null, picked: null };
}
