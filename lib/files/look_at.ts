import { asDiskError } from "./disk_error.ts";

/** A file, as far as it is compared without its content. */
export interface FileState {
  readonly sizeBytes: number;
  /** Milliseconds since 1970; `null` if it is not known. */
  readonly modifiedMs: number | null;
}

/** What is at a path; `other` for what is neither a file nor a folder. */
export type PathState = FileState | "folder" | "other" | null;

/** What many paths hold: as {@link lookAtSync}, or the error that it throws. Synchronous, for use in a worker. */
export function lookAtEach(paths: readonly string[]): (PathState | { readonly error: unknown })[] {
  return paths.map((path) => {
    try {
      return lookAtSync(path);
    } catch (error) {
      return { error };
    }
  });
}

/** As {@link lookAt}. Synchronous, for use in a worker. @throws {DiskError} */
export function lookAtSync(path: string): PathState {
  try {
    return stateOf(Deno.statSync(path));
  } catch (cause) {
    return stateOfFailure(cause, path);
  }
}

/**
 * What is at a path of this machine, links followed; `null` for nothing.
 *
 * @throws {DiskError} if that cannot be seen
 */
export async function lookAt(path: string): Promise<PathState> {
  try {
    return stateOf(await Deno.stat(path));
  } catch (cause) {
    return stateOfFailure(cause, path);
  }
}

function stateOf(info: Deno.FileInfo): PathState {
  if (info.isFile) return { sizeBytes: info.size, modifiedMs: info.mtime?.getTime() ?? null };
  return info.isDirectory ? "folder" : "other";
}

function stateOfFailure(cause: unknown, path: string): null {
  const error = asDiskError(cause, path, "read");
  if (error.code === "not-found" || error.code === "not-a-folder") return null;
  throw error;
}
