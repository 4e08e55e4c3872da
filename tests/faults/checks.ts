import { join } from "@std/path";
import { hashFileSync } from "../../lib/files/find_received.ts";
import { PRIVATE_FOLDER } from "../../lib/protocol/path.ts";
import { until } from "../helpers/serves_on.ts";

/** Additional descriptors of an idle server: those of 8 threads. */
const SPARE_DESCRIPTORS = 80;

/** A check that failed. */
export class CheckError extends Error {}

/** All files below a folder but those under way, as paths relative to it, with `/`. */
export function* filesBelow(folder: string, prefix = ""): Generator<string> {
  for (const { name, isDirectory } of entriesOf(folder)) {
    if (name === PRIVATE_FOLDER) continue;
    if (isDirectory) yield* filesBelow(join(folder, name), `${prefix}${name}/`);
    else yield prefix + name;
  }
}

/** The entries of a folder; none if it does not exist. */
export function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Checks that each file has the expected content. */
export function checkContents(
  folder: string,
  paths: readonly string[],
  hashes: ReadonlyMap<string, string>,
): void {
  for (const path of paths) {
    const expected = hashes.get(path);
    if (expected === undefined) throw new CheckError(`There is an unexpected file: ${path}`);
    const sha256 = hashFileSync(join(folder, path));
    if (sha256 !== expected) {
      throw new CheckError(`${path} has SHA-256 ${sha256} instead of ${expected}`);
    }
  }
}

/** The open descriptors of a process. */
export interface Descriptors {
  /** Paths of files and folders. */
  readonly files: readonly string[];
  /** TCP sockets only: threads have others. */
  readonly sockets: number;
  readonly total: number;
}

/** The open descriptors of a process; `null` if the system does not report them. */
export function descriptorsOf(pid: number): Descriptors | null {
  if (Deno.build.os !== "linux") return null;
  const targets: string[] = [];
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    try {
      targets.push(Deno.readLinkSync(`/proc/${pid}/fd/${name}`));
    } catch {
      // Closed since the listing
    }
  }
  const tcp = tcpSockets(pid);
  return {
    files: targets.filter((target) => target.startsWith("/")),
    sockets: targets.filter((target) => tcp.has(target)).length,
    total: targets.length,
  };
}

/** All TCP sockets of the machine, as the targets of descriptor links. */
function tcpSockets(pid: number): Set<string> {
  const tables = ["tcp", "tcp6"].map((name) => Deno.readTextFileSync(`/proc/${pid}/net/${name}`));
  const rows = tables.flatMap((table) => table.trimEnd().split("\n").slice(1));
  return new Set(rows.map((row) => `socket:[${row.trim().split(/\s+/)[9]}]`));
}

/**
 * Waits until a process has no more descriptors open than when it was idle.
 *
 * @param folder no file below it may stay open
 */
export async function checkDescriptors(
  pid: number,
  folder: string,
  idle: Descriptors | null,
): Promise<void> {
  if (idle === null) return;
  const excess = () => {
    const { files, sockets, total } = descriptorsOf(pid)!;
    const open = files.filter((file) => file.startsWith(`${folder}/`));
    const isMore = sockets > idle.sockets || total > idle.total + SPARE_DESCRIPTORS;
    return open.length > 0 || isMore ? { open, sockets, total, idle } : null;
  };
  await until(() => excess() === null, "descriptors to be closed").catch((cause) => {
    throw new CheckError(`Descriptors stay open: ${JSON.stringify(excess())}`, { cause });
  });
}
