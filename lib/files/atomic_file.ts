import { dirname } from "./path.ts";
import { pause } from "../async/pause.ts";
import { syncFolder } from "./folders.ts";
import { type AsyncBusyOptions, retryBusyAsync } from "./retry_busy.ts";

const PRIVATE_MODE = 0o600;
/** Between two attempts to get a lock. */
const RETRY_MS = 20;

/** How long to wait for a lock. */
export interface LockWait {
  /** A process that hangs keeps its locks. Default: as long as it takes. */
  readonly waitMs?: number;
  /** Ends the wait; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` under a file lock that excludes other processes and other callers in this one.
 *
 * @param path the lock file: created if missing, never removed
 * @throws {Deno.errors.TimedOut} when the lock is not free in time
 * @throws the reason of the signal; `work` has not begun then
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { waitMs = Infinity, signal }: LockWait = {},
): Promise<T> {
  using lock = await Deno.open(path, { write: true, create: true, mode: PRIVATE_MODE });
  if (waitMs === Infinity && signal === undefined) await lock.lock(true);
  else await lockWithin(lock, path, { waitMs, signal });
  return await work();
}

/** Asks for a lock again and again, as the system has no wait that ends before. */
async function lockWithin(
  lock: Deno.FsFile,
  path: string,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const untilMs = performance.now() + waitMs;
  while (!await lock.tryLock(true)) {
    if (performance.now() >= untilMs) {
      throw new Deno.errors.TimedOut(`Cannot lock ${path}: another process holds it`);
    }
    await pause(RETRY_MS, signal);
    signal?.throwIfAborted();
  }
}

/**
 * Replaces the content of a file atomically: readers see the old or the new content, also after a
 * crash. The file gets mode 0600. If the path is a link, the file that it leads to is replaced.
 *
 * @param system for tests. Where a file is busy for a moment, the step is tried again
 */
export async function writePrivateFile(
  path: string,
  text: string,
  system: AsyncBusyOptions = {},
): Promise<void> {
  await replaceFile(path, text, { ...system, mode: PRIVATE_MODE });
}

/** The same for a file that others may read, as far as `mode` and the umask allow. */
export async function replaceFile(
  path: string,
  text: string,
  { mode, ...system }: AsyncBusyOptions & { readonly mode: number },
): Promise<void> {
  const target = await realPath(path);
  const temporary = `${target}.${crypto.randomUUID()}.new`;
  try {
    await writeSynced(temporary, text, mode);
    await retryBusyAsync(() => Deno.rename(temporary, target), system);
  } catch (error) {
    await retryBusyAsync(() => Deno.remove(temporary), system).catch(() => {}); // It may not exist
    throw error;
  }
  syncFolder(dirname(target));
}

async function writeSynced(path: string, text: string, mode: number): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode });
  const bytes = new TextEncoder().encode(text);
  for (let offset = 0; offset < bytes.length;) offset += await file.write(bytes.subarray(offset));
  await file.sync();
}

/** The content of a file, or `null` if it does not exist. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return path;
    throw error;
  }
}
