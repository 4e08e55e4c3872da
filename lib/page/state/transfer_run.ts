import type { ReadonlySignal } from "@preact/signals-core";
import type { Mutex } from "../../async/mutex.ts";
import { pause } from "../../async/pause.ts";
import { ConnectionError, RequestError } from "../../protocol/errors.ts";
import type { PageClient } from "../net/page_client.ts";
import { reopen } from "../transfer/found_files.ts";
import {
  type DownloadTarget,
  type MoverJob,
  type MoverResult,
  type PlacedSession,
  SMALL_FILE_BYTES,
} from "../transfer/mover_messages.ts";
import { partName } from "../transfer/private_files.ts";
import type { MoverPool } from "../transfer/mover_pool.ts";
import { makeFolder, whenConnected } from "./make_folder.ts";
import type { TransferPlatform } from "./transfer_platform.ts";
import type { TransferJob, TransferRow } from "./transfer_row.ts";

/** Consecutive attempts without progress. */
const MAX_FUTILE_ATTEMPTS = 5;
/** The pause before another attempt over a lost connection … */
const LOST_PAUSE_MS = 500;
/** … and at what the server is too busy for. */
const BUSY_PAUSE_MS = 3_000;
/** Downloads up to this size stay in memory: nothing would be gained by going on with them. */
const SMALL_DOWNLOAD_BYTES = 8 * 1024 * 1024;

const BUSY: ReadonlySet<string> = new Set(["busy", "rate-limited", "shutting-down"]);

/** What a run needs of the page. */
export interface RunContext {
  readonly platform: TransferPlatform;
  readonly pool: MoverPool;
  /** Folders are made one after the other: a server takes few requests at once. */
  readonly making: Mutex;
  /** The client while it is connected; else `null`. */
  readonly client: ReadonlySignal<PageClient | null>;
  /** In bytes; `null` when there is no limit. */
  readonly maximumBytes: () => number | null;
  /** The room of a conversation; `null` if it is none. */
  readonly roomOf: (conversation: string) => string | null;
}

/**
 * Runs a transfer to its end, whatever connections it takes.
 *
 * @returns what was verified; `null` for a download that is too large to be checked, `made` for a folder
 * @throws what ends it; the reason of the signal
 */
export async function runTransfer(
  row: TransferRow,
  context: RunContext,
  signal: AbortSignal,
): Promise<MoverResult | "made" | null> {
  if (row.job.isFolder) return await made(row, context, signal);
  const target = row.direction === "download" ? await targetOf(row, context.platform) : null;
  if (row.direction === "download" && target === null) return null;
  checkSize(row, context);
  for (let futile = 0;;) {
    await connected(row, context, signal);
    const before = row.done.value;
    try {
      return await attempt(row, target, context, signal);
    } catch (error) {
      signal.throwIfAborted();
      futile = row.done.value > before ? 0 : futile + 1;
      const pauseMs = pauseAfter(error);
      if (pauseMs === null || futile > MAX_FUTILE_ATTEMPTS) throw error;
      row.end(error instanceof ConnectionError ? "offline" : "waiting");
      await pause(pauseMs, signal);
    }
  }
}

async function made(
  row: TransferRow,
  { client, making }: RunContext,
  signal: AbortSignal,
): Promise<"made"> {
  if (client.value === null) row.end("offline");
  const release = await making.lock();
  try {
    signal.throwIfAborted();
    await makeFolder(row.path, client, signal);
    return "made";
  } finally {
    release();
  }
}

/** Before anything is sent. @throws {RequestError} `too-large` */
function checkSize({ direction, size }: TransferRow, { maximumBytes }: RunContext): void {
  const limitBytes = maximumBytes();
  if (direction === "upload" && limitBytes !== null && size > limitBytes) {
    throw new RequestError("too-large", undefined, { reason: "upload-large", limitBytes });
  }
}

/** The pause before another attempt; `null` for a failure that will not pass. */
function pauseAfter(error: unknown): number | null {
  if (error instanceof ConnectionError) return LOST_PAUSE_MS;
  return error instanceof RequestError && BUSY.has(error.code) ? BUSY_PAUSE_MS : null;
}

async function attempt(
  row: TransferRow,
  target: DownloadTarget | null,
  { pool, client, platform, roomOf }: RunContext,
  signal: AbortSignal,
): Promise<MoverResult> {
  const prepare = async (): Promise<MoverJob> => {
    const { job } = row;
    if (target !== null) return { kind: "download", path: job.path, size: job.size, target };
    const file = job.file ??= await fileOf(row);
    if (job.lastModified === 0) Object.assign(job, stampOf(file)); // It is open for the first time
    const room = job.offerIn === null ? null : roomOf(job.offerIn);
    const identity = identityOf(row, platform.browser);
    return { kind: "upload", file, path: job.path, identity, replace: job.replace, room };
  };
  return await pool.run(prepare, {
    session: () => placeOf(client.value),
    size: row.size,
    signal,
    onProgress: (progress) => !signal.aborted && row.onProgress(progress),
  });
}

/** Only what can be sent to a worker. */
function placeOf(client: PageClient | null): PlacedSession | null {
  return client && { session: client.session, origin: client.origin };
}

function stampOf({ size, lastModified }: File): Pick<TransferJob, "size" | "lastModified"> {
  return { size, lastModified };
}

async function fileOf({ job: { handle, inner } }: TransferRow): Promise<File> {
  if (handle === null) throw new DOMException("The file has to be chosen again", "NotFoundError");
  return await reopen(handle, inner);
}

/** Names this very file in this browser, so that guests do not meet in one part. */
function identityOf({ job }: TransferRow, browser: string): string | null {
  const { path, size, lastModified } = job;
  return size <= SMALL_FILE_BYTES ? null : [browser, path, size, lastModified].join("\0");
}

/** Where a download goes; `null` where only the browser itself can take it. */
async function targetOf(
  { job }: TransferRow,
  { privateFiles, memoryBytes }: TransferPlatform,
): Promise<DownloadTarget | null> {
  if (job.picked !== null) return { kind: "picked", handle: await job.picked.handle() };
  const isSmall = job.size <= SMALL_DOWNLOAD_BYTES;
  if (!isSmall && privateFiles !== null && await privateFiles.hasRoom(job.size)) {
    return { kind: "private", name: job.part ??= partName(job.id) };
  }
  return job.size <= memoryBytes ? { kind: "memory" } : null;
}

/** Waits for a connection. @throws the reason of the signal */
async function connected(
  row: TransferRow,
  { client }: RunContext,
  signal: AbortSignal,
): Promise<void> {
  if (client.value !== null) return;
  row.end("offline");
  await whenConnected(client, signal);
  row.state.value = "waiting";
}
