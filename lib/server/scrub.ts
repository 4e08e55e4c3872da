import { fill } from "../protocol/fill_text.ts";
import { abortable } from "@std/async/abortable";
import type { DatabaseSync } from "node:sqlite";
import { pause } from "../async/pause.ts";
import type { CopyMenderOptions } from "../cluster/copy_mender.ts";
import type { JoinedCluster } from "../cluster/joined_cluster.ts";
import type { ScrubberOptions } from "../cluster/scrubber.ts";
import { CatalogueCopies } from "../files/catalogue_copies.ts";
import type { StoredFile } from "../files/directory_store.ts";
import type { HeldFile } from "../files/holdings.ts";
import { CONTENT_LIMITS } from "../protocol/content_limits.ts";
import { messageOf, RequestError } from "../protocol/errors.ts";
import type { Catalogue } from "../transfer/catalogue.ts";
import { hashFile } from "../transfer/file_hashes.ts";
import { HASH_SLICE_BYTES } from "../worker/hash_slice.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import { FILE_CHECKS } from "./context/doubted_files.ts";
import type { ServerServices } from "./context/services.ts";
import { restoreCopy } from "./keep_copy.ts";
import type { Replication } from "./replicate.ts";

/**
 * Hashes the files again that this server holds for its cluster, as long as it runs, and gets those anew whose
 * bytes are wrong. Disposal ends that.
 */
export async function scrub(
  services: ServerServices,
  joined: JoinedCluster,
  { database, replication }: {
    readonly database: DatabaseSync;
    readonly replication: Pick<Replication, "isActive">;
  },
): Promise<AsyncDisposable> {
  const { CopyMender } = await import("../cluster/copy_mender.ts");
  const { Scrubber } = await import("../cluster/scrubber.ts");
  const { catalogue, pool, stopping, settings: { cluster } } = services;
  if (catalogue === null) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const end = new AbortController();
  const signal = AbortSignal.any([end.signal, stopping]);
  const { scrubMs: ageMs = CONTENT_LIMITS.scrubMs } = cluster ?? {};
  const mender = new CopyMender(menderOptions(services, joined, { catalogue, database, signal }));
  const isBusy = () => pool.isContended || replication.isActive;
  const options = { ageMs, isBusy, ...scrubberOptions(services, joined, catalogue) };
  const onWrong = (file: HeldFile) => {
    options.onWrong(file);
    mender.mendSoon();
  };
  const running = [mender.run(signal), new Scrubber({ ...options, onWrong }).run(signal)];
  return {
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await Promise.all(running);
    },
  };
}

function scrubberOptions(
  services: ServerServices,
  { log }: JoinedCluster,
  { held }: Catalogue,
): Omit<ScrubberOptions, "ageMs" | "isBusy"> {
  const { stats, hashes, settings: { onEvent } } = services;
  const onError = (error: unknown) => onEvent({ event: "error", message: messageOf(error) });
  return {
    held,
    hash: (file, signal) => hashSlowly(services, file, signal),
    onWrong: ({ path }) => {
      stats.damagedFiles++;
      hashes.discard(held.placeOf(path)); // It would tell of the bytes that are no more
    },
    onRight: ({ sha256 }) => {
      log.append({ kind: "have", contents: [sha256] }).catch(onError);
    },
    onError,
  };
}

/** How long nothing is read behind bytes that took a time: see {@link hashSlowly}. */
export function restMs(bytes: number, tookMs: number): number {
  const wholeMs = bytes / CONTENT_LIMITS.scrubBytesPerSecond * 1_000;
  return Math.max(tookMs, wholeMs - tookMs);
}

/** Reads at most so fast as the limit says, and at most half of the time: a slow disk is left to the clients, too. */
async function hashSlowly(
  { pool, stats }: ServerServices,
  file: StoredFile,
  signal: AbortSignal,
): Promise<string> {
  let startedMs = performance.now();
  const rest = async (bytes: number) => {
    stats.scrubbedBytes += bytes;
    await pause(restMs(bytes, performance.now() - startedMs), signal);
    startedMs = performance.now();
  };
  const { sizeBytes } = file.stamp;
  const sha256 = await pool.use(
    (worker) => hashFile(worker, file, { signal, onSlice: rest }),
    { owner: FILE_CHECKS, kind: "background", signal },
  );
  await rest(sizeBytes === 0 ? 0 : (sizeBytes - 1) % HASH_SLICE_BYTES + 1); // The last slice
  return sha256;
}

function menderOptions(
  services: ServerServices,
  { log, serverId }: JoinedCluster,
  { catalogue, database, signal }: {
    readonly catalogue: Catalogue;
    readonly database: DatabaseSync;
    readonly signal: AbortSignal;
  },
): CopyMenderOptions {
  const { settings: { language, onEvent } } = services;
  const { rows, held: { holdings } } = catalogue;
  return {
    ...{ serverId, rows, holdings },
    // What is on its way to the log is not waited for at the end
    log: { append: (entry) => abortable(log.append(entry), signal) },
    copies: new CatalogueCopies(database),
    restore: (file, signal) => restoreCopy(services, catalogue, file, signal),
    onMended: ({ path, sha256 }) => onEvent({ event: "damaged", path, sha256, fetched: true }),
    onFailed: ({ path, sha256 }, error) => {
      if (error instanceof RequestError && error.reason === "no-copy") {
        return onEvent({ event: "damaged", path, sha256, fetched: false });
      }
      const facts = { path, reason: messageOf(error) };
      onEvent({ event: "error", message: fill(LOG_TEXTS.unmended, language, facts) });
    },
  };
}
