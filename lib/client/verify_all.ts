import { abortable } from "@std/async/abortable";
import { join } from "../files/path.ts";
import { onAbort } from "../async/on_abort.ts";
import { findLocalFiles, type LocalFiles } from "../files/local_files.ts";
import type { FoundItem } from "../files/local_tree.ts";
import { lookAt } from "../files/look_at.ts";
import type { Omissions } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { checkFolderPath } from "../protocol/path.ts";
import type { TransferFailure } from "./batch.ts";
import { checkText } from "./check_arguments.ts";
import type { Client } from "./client.ts";
import { type ClientProvider, providerOf } from "./client_provider.ts";
import { FileComparer, type Outcome } from "./file_comparer.ts";
import { OmissionTally } from "./omission_tally.ts";
import { findTree, type RemoteItem } from "./remote_paths.ts";
import { walkPaths } from "./walk_paths.ts";

/**
 * How a file here compares with the server's: it has the `same` content, a `different` one, it is
 * `missing` here, or it is `extra`, which only this machine has.
 */
export type Comparison = "same" | "different" | "missing" | "extra";

/** Called while files are compared. Must not throw. */
export interface VerifyListener {
  /** So many files of the server are to be compared, of so many bytes as far as is known. */
  onFound?(files: number, bytes: number): void;
  /** A file is compared, in the order of the listing; then come those that are here only. */
  onCompared?(path: string, comparison: Comparison): void;
  /** A file cannot be compared; the others can. */
  onError?(path: string, error: unknown): void;
  /** Something is left out; it may be told twice. */
  onOmitted?(omitted: Omissions): void;
}

/** Options of {@link verifyAll}. */
export interface VerifyAllOptions extends VerifyListener {
  /** Folder in which `downloadAll` has put the files. Default: the current one. */
  readonly directory?: string;
  /** The file or folder to compare. Default: that of the same name in `directory`, for the root itself. */
  readonly place?: string;
  /** Files and folders of the caller's own, which are left out. Default: none. */
  readonly ownPaths?: readonly string[];
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** What came of comparing. All is told: what is not the same is in one of the others. */
export interface VerifyAllResult {
  /** How many files are the same. */
  readonly same: number;
  /** Paths on the server whose content here is another one. */
  readonly different: readonly string[];
  /** Paths on the server that are not here. */
  readonly missing: readonly string[];
  /** Paths that only this machine has, as they would be on the server. */
  readonly extra: readonly string[];
  /** What could not be compared, in the order of the listing. */
  readonly failures: readonly TransferFailure[];
  /** What the server, or this machine, has and was left out; of many, not all are named. */
  readonly omitted: Omissions;
}

/** The same with what the caller settles. */
export interface VerifyRunOptions extends VerifyAllOptions {
  /** Resolves when the listener can take more. Default: always. */
  readonly ready?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Compares a file or a folder of this machine with the server's, by SHA-256: nothing is written. Files here
 * are hashed in as many threads as there are cores; those of another size need not be read.
 *
 * @param client the caller's, which ends it
 * @param path on the server; `""` for the root
 * @throws {RequestError} `not-found`, `bad-path`, `unsupported` by protocol 1 …
 * @throws {ConnectionError} when the connection is lost
 * @throws {DiskError} when the folder here may not be read
 * @throws {TypeError} for a wrong argument; the reason of the signal
 *
 * @example See whether a folder is what the server has
 * ```ts
 * import { connect, downloadAll, serve, verifyAll } from "@tcp-chat/tcp-chat";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.mkdir(`${folder}/docs`);
 * await Deno.writeTextFile(`${folder}/docs/a.txt`, "a");
 * await using server = await serve({ port: 0, root: folder });
 * await using client = await connect({ hostname: "localhost", port: server.port });
 * const directory = await Deno.makeTempDir();
 * await downloadAll(client, ["docs"], { directory });
 * await Deno.writeTextFile(`${directory}/docs/b.txt`, "b");
 * const { same, different, missing, extra } = await verifyAll(client, "docs", { directory });
 * console.log(same, different, missing, extra); // 1 [] [] [ "docs/b.txt" ]
 * ```
 */
export async function verifyAll(
  client: Client | ClientProvider,
  path: string,
  options: VerifyAllOptions = {},
): Promise<VerifyAllResult> {
  const { directory = ".", place } = options;
  checkText("verify", "directory", directory);
  if (place !== undefined) checkText("verify", "place", place);
  return await verifyEach(providerOf(client), checkFolderPath(path), options);
}

/** As {@link verifyAll}, for a path that is checked. */
export async function verifyEach(
  clients: ClientProvider,
  path: string,
  options: VerifyRunOptions,
): Promise<VerifyAllResult> {
  const { signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const verification = new Verification(clients, { ...options, signal });
  using _ = onAbort(signal, () => verification.close());
  try {
    await verification.run(path);
    return verification.result;
  } finally {
    verification.close();
    signal.throwIfAborted();
  }
}

class Verification {
  readonly #clients: ClientProvider;
  readonly #options: VerifyRunOptions & { readonly signal: AbortSignal };
  readonly #comparer: FileComparer;
  readonly #paths = {
    different: [] as string[],
    missing: [] as string[],
    extra: [] as string[],
  };
  readonly #failures: TransferFailure[] = [];
  readonly #omitted = new OmissionTally();
  #same = 0;

  constructor(
    clients: ClientProvider,
    options: VerifyRunOptions & { readonly signal: AbortSignal },
  ) {
    this.#clients = clients;
    this.#options = options;
    this.#comparer = new FileComparer(clients, options.signal);
  }

  get result(): VerifyAllResult {
    return {
      same: this.#same,
      ...this.#paths,
      failures: this.#failures,
      omitted: this.#omitted.omissions,
    };
  }

  /** Ends the threads. */
  close(): void {
    this.#comparer.close();
  }

  async run(path: string): Promise<void> {
    const { signal, ownPaths = [], onFound } = this.#options;
    const search = { onOmitted: (omitted: Omissions) => this.#omit(omitted), hashes: true };
    const finding = this.#clients.run((client) => findTree(client, path, search), () => 0);
    const items = await abortable(finding, signal);
    const [top] = items;
    if (top === undefined) throw new RequestError("not-found");
    // What cannot be listed need not be there
    if (top.sizeBytes === null) await this.#comparer.query(top);
    const place = await this.#placeOf(top);
    const local = top.type === "folder"
      ? await findLocalFiles(place, (folder) => this.#walk(folder, ownPaths))
      : null;
    const pairs = items.filter(({ type }) => type === "file").map(
      ({ path, localPath, sizeBytes, listedSha256 }) => {
        const inFolder = belowTop(top, localPath);
        return {
          path,
          localPath: local?.files.get(inFolder) ?? join(place, inFolder),
          sizeBytes,
          ...(listedSha256 !== undefined && { listedSha256 }),
        };
      },
    );
    onFound?.(pairs.length, pairs.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0));
    await this.#comparer.compareAll(pairs, (path, outcome) => this.#tell(path, outcome));
    if (local !== null) await this.#tellOthers(local, items, top);
  }

  async #walk(folder: string, ownPaths: readonly string[]): Promise<readonly FoundItem[]> {
    const { signal } = this.#options;
    const options = { clients: this.#clients, to: "", ownPaths, links: "follow", signal } as const;
    const [found = []] = await walkPaths([folder], options);
    return found;
  }

  /** The file or folder of this machine that is compared. */
  async #placeOf({ type, localPath }: RemoteItem): Promise<string> {
    const { directory = ".", place } = this.#options;
    if (place === undefined) return join(directory, localPath);
    return type === "file" && await lookAt(place) === "folder" ? join(place, localPath) : place;
  }

  async #tell(path: string, outcome: Outcome): Promise<void> {
    const { signal, ready, onCompared } = this.#options;
    await ready?.(signal);
    signal.throwIfAborted();
    if (typeof outcome !== "string") return this.#fail(path, outcome.error);
    if (outcome === "same") this.#same++;
    else this.#paths[outcome].push(path);
    onCompared?.(path, outcome);
  }

  /** Tells what this machine has, and the server has not. */
  async #tellOthers(
    { files, others, errors }: LocalFiles,
    items: readonly RemoteItem[],
    top: RemoteItem,
  ): Promise<void> {
    const there = new Set(items.map(({ localPath }) => belowTop(top, localPath)));
    const pathOf = (inFolder: string) => top.path === "" ? inFolder : `${top.path}/${inFolder}`;
    const { signal, ready, onCompared } = this.#options;
    for (const inFolder of files.keys()) {
      if (there.has(inFolder)) continue;
      await ready?.(signal);
      this.#paths.extra.push(pathOf(inFolder));
      onCompared?.(pathOf(inFolder), "extra");
    }
    // What the server has at the same place is compared, or missing
    const left = [...others].filter(([inFolder]) => !there.has(inFolder))
      .map(([inFolder, reason]) => ({ path: pathOf(inFolder), reason }));
    if (left.length > 0) this.#omit({ count: left.length, paths: left });
    for (const [inFolder, error] of errors) this.#fail(pathOf(inFolder), error);
  }

  #fail(path: string, error: unknown): void {
    this.#failures.push({ path, error });
    this.#options.onError?.(path, error);
  }

  #omit(omitted: Omissions): void {
    this.#omitted.add(omitted);
    this.#options.onOmitted?.(omitted);
  }
}

/** The path of an item below the top one; `""` for that itself. */
function belowTop(top: RemoteItem, localPath: string): string {
  return top.localPath === "" ? localPath : localPath.slice(top.localPath.length + 1);
}
