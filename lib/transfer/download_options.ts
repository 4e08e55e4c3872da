import { join } from "../files/path.ts";
import { DiskError } from "../files/disk_error.ts";
import type { FileTarget } from "../files/part_file.ts";
import { partName } from "../files/part_names.ts";
import { RequestError } from "../protocol/errors.ts";

/** Options of a download. */
export interface DownloadOptions {
  /** Folder for the file, created if missing. Default: the current one. */
  readonly directory?: string;
  /** Name of the file; one component. Default: the last component of its path on the server. */
  readonly name?: string;
  /** Replace another file of that name. Default: use `NAME (1)` and so on. */
  readonly replace?: boolean;
  /** Accept only content with this SHA-256, in hex. */
  readonly sha256?: string;
  /** Size of the file, if known ahead: small files then follow each other closely. */
  readonly sizeBytes?: number;
  /** Resume an interrupted download of the file. Default: `true`; protocol 2 only. */
  readonly resume?: boolean;
  /** Let the server compress data that becomes smaller. Protocol 2 only. */
  readonly zstd?: boolean;
  /** Let those execute the file that may read it, if its owner on the server may. Default: `true`. */
  readonly exec?: boolean;
  /** Called when data arrives; resumed bytes count as received. */
  readonly onProgress?: (receivedBytes: number, totalBytes: number) => void;
  /** Aborts the download; the part is left behind. */
  readonly signal?: AbortSignal;
}

/** The options of a download whose destination is settled. */
export interface PlacedDownloadOptions extends DownloadOptions {
  /** As in {@link DownloadOptions}. */
  readonly directory: string;
  /** As in {@link DownloadOptions}. */
  readonly name: string;
}

/** A completed download: the file is whole, verified, and has its name. */
export interface DownloadResult {
  /** Path of the file: `directory` joined with its final name. */
  readonly file: string;
  /** Size of the file. */
  readonly sizeBytes: number;
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;
  /** Whether the file existed already, so that nothing was written. */
  readonly skipped: boolean;
  /** Bytes kept of an earlier download; 0 if this one started at the beginning. */
  readonly resumedFrom: number;
}

/** The destination of a download that keeps nothing of an earlier part. */
export function downloadTarget(
  { directory, name, replace = false }: Pick<
    PlacedDownloadOptions,
    "directory" | "name" | "replace"
  >,
): FileTarget {
  return {
    directory,
    name,
    partBase: directory,
    partName: partName(name),
    earlierPath: join(directory, partName(name)),
    root: null,
    ifTaken: replace ? "replace" : "number",
    keepBytes: 0,
    staysOnError: true,
  };
}

/** The error for a file whose SHA-256 is not the requested one. */
export function unwantedContentError(sha256: string, wanted: string): RequestError {
  return new RequestError(
    "integrity",
    `Cannot accept the file: the server's has SHA-256 ${sha256}, not ${wanted}`,
    { reason: "sha256-unwanted" },
  );
}

/** The error for a received file that `commit` refused. */
export function commitError(name: string, result: "wrong" | "taken"): RequestError | DiskError {
  return result === "wrong"
    ? new RequestError("integrity", `Cannot accept ${name}: its SHA-256 does not match`)
    : new DiskError("exists", name, `Cannot name ${name}: too many files have that name`);
}
