import { join } from "@std/path";
import { hashFileSync } from "../../lib/files/received_file.ts";
import { until } from "../helpers/serves_on.ts";

/** Descriptors that a server may come to hold that is not serving anybody: those of 8 threads. */
const SPARE_DESCRIPTORS = 80;

/** A check that did not hold. */
export class Fault extends Error {}

/** All files below a folder, by their path from there, with `/`. */
export function* filesBelow(folder: string, prefix = ""): Generator<string> {
  for (const { name, isDirectory } of entriesOf(folder)) {
    if (isDirectory) yield* filesBelow(join(folder, name), `${prefix}${name}/`);
    else yield prefix + name;
  }
}

/** What is in a folder; nothing where there is none. */
export function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Makes sure that every one of the files has the content that it should have. */
export function checkContents(
  folder: string,
  paths: readonly string[],
  hashes: ReadonlyMap<string, string>,
): void {
  for (const path of paths) {
    const expected = hashes.get(path);
    if (expected === undefined) throw new Fault(`There is a file that nobody asked for: ${path}`);
    const found = hashFileSync(join(folder, path));
    if (found !== expected) throw new Fault(`${path} has SHA-256 ${found} instead of ${expected}`);
  }
}

/** What a process holds open. */
export interface Descriptors {
  /** Paths of files and folders. */
  readonly files: readonly string[];
  /** Sockets of TCP; threads have others. */
  readonly sockets: number;
  readonly total: number;
}

/** What a process holds open, where the system tells; else `null`. */
export function descriptorsOf(pid: number): Descriptors | null {
  if (Deno.build.os !== "linux") return null;
  const targets: string[] = [];
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    try {
      targets.push(Deno.readLinkSync(`/proc/${pid}/fd/${name}`));
    } catch {
      // Closed just now
    }
  }
  const tcp = tcpSockets(pid);
  return {
    files: targets.filter((target) => target.startsWith("/")),
    sockets: targets.filter((target) => tcp.has(target)).length,
    total: targets.length,
  };
}

/** All sockets of TCP on the machine, as links to descriptors name them. */
function tcpSockets(pid: number): Set<string> {
  const tables = ["tcp", "tcp6"].map((name) => Deno.readTextFileSync(`/proc/${pid}/net/${name}`));
  const rows = tables.flatMap((table) => table.trimEnd().split("\n").slice(1));
  return new Set(rows.map((row) => `socket:[${row.trim().split(/\s+/)[9]}]`));
}

/**
 * Makes sure that a process comes to hold no more than it did when it was idle.
 *
 * @param folder no file below it may be open
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
    throw new Fault(`Descriptors are left: ${JSON.stringify(excess())}`, { cause });
  });
}
