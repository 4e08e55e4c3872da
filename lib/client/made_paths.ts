import { join } from "../files/path.ts";
import { alreadyMade } from "./already_made.ts";
import type { Client } from "./client.ts";
import type { FileSet } from "../files/file_set.ts";
import { RequestError } from "../protocol/errors.ts";
import { pathKey } from "../protocol/path.ts";
import type { DownloadResult, PlacedDownloadOptions } from "../transfer/download_options.ts";
import type { UploadOptions, UploadResult } from "../transfer/upload_options.ts";

/** The paths on the server at which a command has put files. It replaces none of these. */
export class MadePaths {
  readonly #byKey = new Map<string, string[]>();

  /** Adds the path of a file that is in place. */
  add(path: string): void {
    const key = pathKey(path);
    const paths = this.#byKey.get(key);
    if (paths === undefined) this.#byKey.set(key, [path]);
    else paths.push(path);
  }

  /**
   * Whether a path leads to a file of these: it is one of them, or the server takes both names for the
   * same, as a system does that ignores letter case.
   */
  async has(client: Client, path: string): Promise<boolean> {
    for (const made of this.#byKey.get(pathKey(path)) ?? []) {
      if (made === path || await isSameFile(client, made, path)) return true;
    }
    return false;
  }
}

/**
 * Downloads a file, but replaces none that the same command has made.
 *
 * @param made the files that the command has made; the file is added
 * @throws {RequestError} `exists` with the reason `same-command` when it would replace one of them
 */
export async function downloadOnce(
  client: Client,
  path: string,
  made: FileSet,
  options: PlacedDownloadOptions,
): Promise<DownloadResult> {
  const { directory, name, replace = false } = options;
  if (replace && await made.has(join(directory, name))) throw alreadyMade();
  const result = await client.download(path, options);
  if (replace) await made.add(result.file); // Else nothing is replaced
  return result;
}

/** Uploads a file as {@link downloadOnce} downloads one. @throws as it does */
export async function uploadOnce(
  client: Client,
  file: string,
  made: MadePaths,
  options: UploadOptions & { readonly path: string },
): Promise<UploadResult> {
  if (await made.has(client, options.path)) throw alreadyMade();
  const result = await client.upload(file, options);
  made.add(options.path);
  return result;
}

/** Whether two paths lead to one file, as far as the client may know: it has one version. */
async function isSameFile(client: Client, first: string, second: string): Promise<boolean> {
  try {
    const { version } = await client.stat(second);
    return version !== null && version === (await client.stat(first)).version;
  } catch (error) {
    if (error instanceof RequestError) return false;
    throw error;
  }
}
