import { join } from "@std/path";
import type { FileTarget } from "../files/part_file.ts";
import { partName } from "../files/part_names.ts";
import { DiskError } from "../files/disk_error.ts";
import { RequestError } from "../protocol/errors.ts";

/** How a download is wanted. */
export interface DownloadOptions {
  /** Folder to put the file in, made if it is not there. */
  readonly directory: string;
  /** Name to give it; one checked component. */
  readonly name: string;
  /** Replace another file of that name. Default: take `NAME (1)`. */
  readonly replace?: boolean;
  /** Accept only this content, in hex. */
  readonly sha256?: string;
  /** Its size, if it is known ahead: small files can follow each other closely. */
  readonly sizeBytes?: number;
  /** Go on where an earlier download of the file broke off. Default: `true`; protocol 2 only. */
  readonly resume?: boolean;
  /** Have the server compress where that makes the data less. Protocol 2 only. */
  readonly zstd?: boolean;
  /** Called as data comes in; what was there before counts. */
  readonly onProgress?: (receivedBytes: number, totalBytes: number) => void;
  /** Gives the download up; the part is left behind. */
  readonly signal?: AbortSignal;
}

/** A download that is done: the file is there, whole and right. */
export interface DownloadResult {
  /** Where it is: `directory` joined with the name that it got. */
  readonly file: string;
  /** Size of the file. */
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
  /** The file had been there before; nothing was written. */
  readonly skipped: boolean;
  /** How many of the bytes an earlier download had left; 0 when it began anew. */
  readonly resumedFrom: number;
}

/** Where a download is written, beginning with nothing. */
export function downloadTarget(
  { directory, name, replace = false }: Pick<DownloadOptions, "directory" | "name" | "replace">,
): FileTarget {
  return {
    directory,
    name,
    partPath: join(directory, partName(name)),
    ifTaken: replace ? "replace" : "number",
    keepBytes: 0,
    staysOnError: true,
  };
}

/** The server's file is not the one that was asked for by its SHA-256. */
export function unwantedContent(sha256: string, wanted: string): RequestError {
  return new RequestError(
    "integrity",
    `Cannot accept the file: the server's has SHA-256 ${sha256}, not ${wanted}`,
    { reason: "sha256-unwanted" },
  );
}

/** What came in could not be given its name: it is `wrong`, or all names are `taken`. */
export function wrongContent(name: string, why: "wrong" | "taken"): RequestError | DiskError {
  return why === "wrong"
    ? new RequestError("integrity", `Cannot accept ${name}: its SHA-256 does not match`)
    : new DiskError("exists", name, `Cannot name ${name}: too many files have that name`);
}
