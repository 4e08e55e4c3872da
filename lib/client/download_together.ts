import { basename } from "../files/path.ts";
import { onAbort } from "../async/on_abort.ts";
import type { TargetsFound } from "../files/inspect_targets.ts";
import type { FileSet } from "../files/file_set.ts";
import { contentIndices, sha256At } from "../protocol/batch_head.ts";
import { RequestError } from "../protocol/errors.ts";
import type { JsonObject } from "../protocol/json.ts";
import { commitError, type DownloadResult } from "../transfer/download_options.ts";
import { alreadyMade } from "./already_made.ts";
import { targetsOf } from "./targets_ahead.ts";
import { inHalves, isTooLong, namesOf } from "./batch_query.ts";
import { type BatchAnswer, BatchReceiver } from "./batch_receiver.ts";
import type { ConnectionContext } from "./client_protocol.ts";
import type { Protocol2Client } from "./protocol2_client.ts";

/** A small file to download together with others. */
export interface SmallDownload {
  /** On the server. */
  readonly path: string;
  /** Where it is to be, on this machine; its folder exists. */
  readonly file: string;
  /** As listed. */
  readonly sizeBytes: number;
  /** Let those execute it that may read it. */
  readonly exec: boolean;
  /** Its SHA-256 in hex, as listed; absent where the server has not told it. */
  readonly sha256?: string;
}

/** Options of {@link downloadTogether}. */
export interface DownloadTogetherOptions {
  /** An existing folder on the file system of all files: what is under way lies in it. */
  readonly base: string;
  /** Replace other files of the same names. */
  readonly replace: boolean;
  /** What the same command has made: it is not replaced, and what is stored is added. */
  readonly made: FileSet;
  /** What was found at the places of the files while the server was listed. */
  readonly found?: TargetsFound;
  readonly signal: AbortSignal;
  /** Called with all bytes that are there, when more arrive. */
  readonly onBytes: (bytes: number) => void;
}

/** What came of a file; `null` if it is to be moved on its own, which also tells why it fails. */
export type TogetherResult<T> = T | { readonly error: unknown } | null;

/** A file that is asked for, and what is there of it. */
interface Asked {
  readonly index: number;
  readonly have: string;
}

/**
 * Downloads many small files by one request. What is here already is compared by its SHA-256, and left
 * alone where the server has the same.
 *
 * @param files at most `LIMITS.batchFiles`, which the server lists with small sizes
 * @returns by file, in their order
 * @throws {ConnectionError | ProtocolError} when the connection is lost; the reason of the signal
 */
export async function downloadTogether(
  protocol: Protocol2Client,
  context: ConnectionContext,
  files: readonly SmallDownload[],
  options: DownloadTogetherOptions,
): Promise<TogetherResult<DownloadResult>[]> {
  return await new GroupDownload(protocol, context, files, options).run();
}

class GroupDownload {
  readonly #protocol: Protocol2Client;
  readonly #context: ConnectionContext;
  readonly #files: readonly SmallDownload[];
  readonly #options: DownloadTogetherOptions;
  readonly #results: TogetherResult<DownloadResult>[];
  /** The files that are here under another name than theirs, by index. */
  #found: ReadonlyMap<number, string> = new Map();

  constructor(
    protocol: Protocol2Client,
    context: ConnectionContext,
    files: readonly SmallDownload[],
    options: DownloadTogetherOptions,
  ) {
    this.#protocol = protocol;
    this.#context = context;
    this.#files = files;
    this.#options = options;
    this.#results = files.map(() => null);
  }

  async run(): Promise<TogetherResult<DownloadResult>[]> {
    this.#options.signal.throwIfAborted();
    await this.#fetch(await this.#inspect());
    return this.#results;
  }

  /** Finds what is here, and so what is to be asked for. */
  async #inspect(): Promise<Asked[]> {
    const { base, replace, made } = this.#options;
    const targets = targetsOf(this.#files, { base, replace });
    const { found = await this.#context.worker().call("inspectTargets", [targets]) } =
      this.#options;
    this.#found = new Map(found.paths);
    const left = new Set(found.alone);
    for (const [index, identity] of found.identities) {
      if (!made.hasIdentity(identity)) continue;
      left.add(index);
      this.#results[index] = { error: alreadyMade() };
    }
    return this.#files.flatMap(({ sha256 }, index) => {
      const asked = { index, have: found.have[index] ?? "" };
      if (left.has(index)) return [];
      if (sha256 === undefined || asked.have !== sha256) return [asked];
      this.#keep(asked);
      return [];
    });
  }

  /** Asks for files, in as few requests as their names allow. */
  async #fetch(asked: readonly Asked[]): Promise<void> {
    if (asked.length === 0) return;
    const query = this.#query(asked);
    if (isTooLong("MGET", query)) return await inHalves(asked, (half) => this.#fetch(half));
    const answer = await this.#request(query, asked.length);
    if (answer !== null) await this.#accept(asked, answer);
  }

  #query(asked: readonly Asked[]): JsonObject {
    const paths = asked.map(({ index }) => this.#files[index]?.path ?? "");
    const hasAny = asked.some(({ have }) => have !== "");
    return {
      ...namesOf(paths),
      ...(hasAny && { have: asked.map(({ have }) => have).join("\n") }),
    };
  }

  /** The answer; `null` if the server refuses the request: each file then tells why. */
  async #request(query: JsonObject, files: number): Promise<BatchAnswer | null> {
    const { signal, onBytes } = this.#options;
    const { connection: { reader } } = this.#context;
    const onSpare = (buffer: ArrayBuffer) => reader.recycle(buffer);
    const receiver = new BatchReceiver(files, { onBytes, onSpare });
    using _ = onAbort(signal, () => receiver.fail(signal.reason));
    signal.throwIfAborted();
    this.#protocol.downloadBatch(query, receiver);
    try {
      return await receiver.answer;
    } catch (error) {
      if (error instanceof RequestError) return null;
      throw error;
    }
  }

  async #accept(asked: readonly Asked[], { head, content }: BatchAnswer): Promise<void> {
    for (const at of head.same) this.#keep(asked[at]);
    const indices = contentIndices(asked.length, head).map((at) => asked[at]?.index ?? 0);
    if (indices.length === 0) return;
    const { base, replace, made } = this.#options;
    const { worker } = this.#context;
    const files = indices.map((index) => this.#files[index]?.file ?? "");
    const exec = indices.flatMap((index, i) => this.#files[index]?.exec === true ? [i] : []);
    const { sizes, mtimes, sha256 } = head;
    const stored = await worker().call(
      "storeFiles",
      [{ files, sizes, mtimes, sha256, exec, content, base, replace }],
      [content.buffer],
    );
    made.addIdentities(stored.identities);
    const paths = new Map(stored.paths);
    for (const [i, index] of indices.entries()) {
      const file = paths.get(i) ?? files[i] ?? "";
      const result = stored.results[i];
      const isHere = result === "stored" || result === "same";
      this.#results[index] = isHere
        ? {
          file,
          sizeBytes: sizes[i] ?? 0,
          sha256: sha256At(sha256, i),
          skipped: result === "same",
          resumedFrom: 0,
        }
        : failureOf(result, basename(file));
    }
  }

  /** The server has what is here. */
  #keep(asked: Asked | undefined): void {
    const file = asked === undefined ? undefined : this.#files[asked.index];
    if (asked === undefined || file === undefined || asked.have === "") return;
    this.#results[asked.index] = {
      file: this.#found.get(asked.index) ?? file.file,
      sizeBytes: file.sizeBytes,
      sha256: asked.have,
      skipped: true,
      resumedFrom: 0,
    };
  }
}

/** Why a file is not stored; `null` if it is to be received again, on its own. */
function failureOf(result: string | undefined, name: string): { readonly error: unknown } | null {
  if (result === "wrong" || result === "taken") return { error: commitError(name, result) };
  return result === "made" ? { error: alreadyMade() } : null;
}
