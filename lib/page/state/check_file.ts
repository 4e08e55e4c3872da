import { lastComponent } from "../../protocol/path.ts";
import type { CheckResult } from "../model/check_result.ts";
import { ConnectionError, RequestError } from "../../protocol/errors.ts";
import type { PageClient } from "../net/page_client.ts";
import type { TransferRow } from "./transfer_row.ts";
import type { RunContext } from "./transfer_run.ts";

/** Files that are compared: the server may have to read each. */
export const MAX_COMPARED = 100;

/** What a check needs. */
interface CheckContext extends Pick<RunContext, "pool" | "client"> {
  /** Whether the file is compared with no other one than the named. */
  readonly isOnly: boolean;
}

/**
 * Hashes a file of this machine, and compares it with one of the server, or with the likeliest.
 *
 * @param path to compare with, or the likeliest; `null` for none
 * @throws {ConnectionError} without a connection
 */
export async function checkFile(
  file: File,
  path: string | null,
  { pool, client, isOnly }: CheckContext,
): Promise<CheckResult> {
  const { sha256 } = await pool.run(() => Promise.resolve({ kind: "hash", file }), {
    session: () => null,
    size: file.size,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  if (client.value === null) throw new ConnectionError("lost", "There is no connection now");
  const checked = { name: file.name, size: file.size, sha256 };
  if (path !== null && isOnly) return await compareWith(client.value, path, checked);
  return await findSame(client.value, path, checked);
}

/** A file of this machine. */
interface CheckedFile {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

/** Compares a file with one of the server. @throws {RequestError} */
async function compareWith(
  client: PageClient,
  path: string,
  { size, sha256 }: CheckedFile,
): Promise<CheckResult> {
  const status = await client.stat(path);
  const isRight = status.sha256 === sha256;
  return { sha256, path, isRight, sameSize: status.size === size ? 1 : 0, compared: 1 };
}

/**
 * Finds a file of the server that has the same SHA-256, whatever its name: browsers save a copy of
 * `a.pdf` as `a (1).pdf`. Only files of the same size can have it.
 *
 * @param likely the path that is tried first; `null` for none
 * @throws {RequestError}
 */
async function findSame(
  client: PageClient,
  likely: string | null,
  checked: CheckedFile,
): Promise<CheckResult> {
  const paths: string[] = [];
  for await (const { type, path, size } of client.list("", { recursive: true })) {
    if (type === "file" && size === checked.size) paths.push(path);
  }
  const rank = (path: string) => path === likely ? 0 : isNamesake(path, checked.name) ? 1 : 2;
  const ranked = paths.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_COMPARED);
  const found = { sha256: checked.sha256, sameSize: paths.length };
  for (const [i, path] of ranked.entries()) {
    if (await hashOf(client, path) === checked.sha256) {
      return { ...found, path, isRight: true, compared: i + 1 };
    }
  }
  const [first = ""] = ranked;
  const compared = ranked.length;
  if (compared === 0 || rank(first) === 2) return { ...found, path: null, isRight: null, compared };
  return { ...found, path: first, isRight: false, compared };
}

/** `null` for a file that cannot be read any more. */
async function hashOf(client: PageClient, path: string): Promise<string | null> {
  try {
    return (await client.stat(path)).sha256;
  } catch (error) {
    if (error instanceof RequestError) return null;
    throw error;
  }
}

/** Whether a browser may have saved a file of the server under a name. */
function isNamesake(path: string, name: string): boolean {
  const plain = (text: string) => text.replace(/ ?\(\d+\)(?=\.[^.]*$|$)/, "");
  return plain(lastComponent(path)) === plain(name);
}

/** The path of a file that the browser has saved by itself; `null` if it is none of these transfers. */
export function downloadedPath(
  { name, size }: File,
  transfers: readonly Pick<TransferRow, "direction" | "name" | "size" | "path">[],
): string | null {
  const isIt = (each: typeof transfers[number]) =>
    each.direction === "download" && each.name === name && each.size === size;
  return transfers.find(isIt)?.path ?? null;
}
