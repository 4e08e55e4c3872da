import { onAbort } from "../async/on_abort.ts";
import type { FileTarget } from "../files/part_file.ts";
import type { PathStatus } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import {
  type DownloadResult,
  downloadTarget,
  type PlacedDownloadOptions,
  unwantedContentError,
} from "../transfer/download_options.ts";
import { Protocol2Download } from "../transfer/protocol2_download.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { TargetState } from "../worker/jobs.ts";
import type { ConnectionContext } from "./client_protocol.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { statPath } from "./stat_path.ts";
import { tellWrong } from "./tell_wrong.ts";

/** Where a download begins. */
interface Start {
  readonly keepBytes: number;
  readonly version: string | null;
}

const FROM_NOTHING: Start = { keepBytes: 0, version: null };

/**
 * Downloads one file by protocol 2. A file that exists already and is right is left alone; a partial
 * file of an earlier download is hashed again and continued.
 *
 * If the whole file turns out wrong, the partial file was: the download starts over, once.
 *
 * @throws as {@link Client.download} does
 */
export async function downloadFile(
  protocol: Protocol2Client,
  context: ConnectionContext,
  path: string,
  options: PlacedDownloadOptions,
): Promise<DownloadResult> {
  const download = new FileDownload(protocol, context, path, options);
  const start = await download.prepare();
  if ("skipped" in start) return start;
  try {
    return await download.run(start);
  } catch (error) {
    if (start.keepBytes === 0 || !isSpoilt(error)) throw error;
    return await download.run(FROM_NOTHING);
  }
}

/** Whether the content is wrong, as opposed to right but unwanted. */
function isSpoilt(error: unknown): boolean {
  return error instanceof RequestError && error.code === "integrity" && error.reason === null;
}

class FileDownload {
  readonly #protocol: Protocol2Client;
  readonly #context: ConnectionContext;
  readonly #path: string;
  readonly #options: PlacedDownloadOptions;
  readonly #worker: FileWorker;
  readonly #target: FileTarget;

  constructor(
    protocol: Protocol2Client,
    context: ConnectionContext,
    path: string,
    options: PlacedDownloadOptions,
  ) {
    this.#protocol = protocol;
    this.#context = context;
    this.#path = path;
    this.#options = options;
    this.#worker = context.worker();
    this.#target = downloadTarget(options);
  }

  /** Finds out where the download begins; its result, if the file exists already. */
  async prepare(): Promise<Start | DownloadResult> {
    const { signal, resume = true } = this.#options;
    signal?.throwIfAborted();
    const { isTaken, part } = await this.#worker.call("inspectTarget", [this.#target]);
    const left = resume ? part : null;
    if (!isTaken && left === null) return FROM_NOTHING;
    if (!isTaken && left !== null && left.version !== null) return startOf(left, left.version);
    const status = await this.#status();
    const received = isTaken ? await this.#findReceived(status) : null;
    if (received !== null) return received;
    return left === null ? FROM_NOTHING : startOf(left, left.version ?? status.version);
  }

  /** Runs the download. */
  async run({ keepBytes, version }: Start): Promise<DownloadResult> {
    const { sha256 = null, zstd = false, exec = true, onProgress = () => {}, signal } =
      this.#options;
    const { connection, lendWorker } = this.#context;
    const target = { ...this.#target, keepBytes };
    const download = new Protocol2Download(this.#worker, target, {
      connection,
      sha256,
      exec,
      onProgress,
      onWrong: (id) => tellWrong(this.#protocol, id),
      lendHasher: lendWorker,
    });
    using _ = onAbort(signal, () => download.fail(signal?.reason));
    const offset = await download.prepare();
    signal?.throwIfAborted();
    if (offset !== null) {
      this.#protocol.download({ path: this.#path, offset, version, zstd }, download);
    }
    return await download.result;
  }

  async #status(): Promise<PathStatus> {
    const status = await statPath(this.#protocol, this.#path, this.#options.signal);
    if (status.type !== "file") throw new RequestError("not-a-file");
    return status;
  }

  async #findReceived({ size, sha256 }: PathStatus): Promise<DownloadResult | null> {
    const { directory, name, sha256: wanted, replace = false } = this.#options;
    if (sha256 === null) return null;
    if (wanted !== undefined && wanted !== sha256) throw unwantedContentError(sha256, wanted);
    const file = await this.#worker.call("findReceived", [
      { directory, name, sizeBytes: size, sha256, numbered: !replace },
    ]);
    if (file === null) return null;
    await this.#worker.call("dropPart", [this.#target]);
    return { file, sizeBytes: size, sha256, skipped: true, resumedFrom: 0 };
  }
}

function startOf(part: NonNullable<TargetState["part"]>, version: string | null): Start {
  return version === null ? FROM_NOTHING : { keepBytes: part.sizeBytes, version };
}
