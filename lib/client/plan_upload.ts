import type { FoundItem, LocalItem, SelectOptions } from "../files/local_tree.ts";
import type { FileState, PathState } from "../files/look_at.ts";
import type { ListedEntry } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { checkFolderPath, foldersAbove, parentOf, pathKey } from "../protocol/path.ts";
import { allExcluded } from "./batch.ts";
import { checkText } from "./check_arguments.ts";
import type { Client } from "./client.ts";
import { type ClientProvider, providerOf } from "./client_provider.ts";
import { UNLISTABLE } from "./remote_paths.ts";
import { PlanBuilder, type TransferPlan } from "./transfer_plan.ts";
import { walkPaths } from "./walk_paths.ts";

/** Options of {@link planUpload}: those of `uploadAll` that decide what is moved. */
export interface PlanUploadOptions extends SelectOptions {
  /** Folder on the server. Default: the root. */
  readonly to?: string;
  /** Replace other files of the same paths. Default: they fail with `exists`. */
  readonly replace?: boolean;
  /** Files and folders of the caller's own, which are left out. Default: none. */
  readonly ownPaths?: readonly string[];
  /** Compare by SHA-256, even if size and time are the same. Default `false`. */
  readonly checksum?: boolean;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/** The same with what the caller settles. */
export interface PlanUploadRunOptions extends PlanUploadOptions {
  readonly clients: ClientProvider;
  /** A checked path, or `""` for the root. */
  readonly to: string;
  readonly signal: AbortSignal;
}

/**
 * What `uploadAll` would do with the same arguments. Nothing is changed at either end.
 *
 * Files of the same size and time count as the same, others of the same size are compared by SHA-256. What
 * the client may not see on the server counts as new.
 *
 * @param client the caller's, which ends it
 * @throws {TypeError} for a wrong argument; the reason of the signal
 * @throws {RequestError} `bad-path` for `to`, `unsupported` by protocol 1
 * @throws {ConnectionError} when the connection is lost
 *
 * @example See what an upload would send
 * ```ts
 * import { connect, planUpload, serve } from "@tcp-chat/tcp-chat";
 *
 * await using server = await serve({ port: 0, root: await Deno.makeTempDir(), uploads: true });
 * await using client = await connect({ hostname: "localhost", port: server.port });
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/a.txt`, "a");
 * const { items } = await planUpload(client, [`${folder}/a.txt`], { to: "inbox" });
 * console.log(items.map(({ action, path }) => `${action} ${path}`)); // [ "new inbox/a.txt" ]
 * ```
 */
export async function planUpload(
  client: Client | ClientProvider,
  paths: readonly string[],
  options: PlanUploadOptions = {},
): Promise<TransferPlan> {
  for (const path of paths) checkText("plan", "a path", path);
  const { to = "", signal = new AbortController().signal } = options;
  return await planUploads(paths, {
    ...options,
    clients: providerOf(client),
    to: checkFolderPath(to),
    signal,
  });
}

/** As {@link planUpload}, for arguments that are checked. */
export async function planUploads(
  paths: readonly string[],
  options: PlanUploadRunOptions,
): Promise<TransferPlan> {
  return await new UploadPlan(options).run(paths);
}

class UploadPlan {
  readonly #options: PlanUploadRunOptions;
  readonly #plan: PlanBuilder;
  /** The keys of the paths that the command fills. */
  readonly #made = new Set<string>();
  /** The folders in whose place something else is: nothing can be put in them. */
  readonly #blocked = new Set<string>();
  #isAny = false;

  constructor(options: PlanUploadRunOptions) {
    const { clients, replace = false, checksum = false, signal } = options;
    this.#options = options;
    this.#plan = new PlanBuilder({ clients, replace, checksum, signal, numbered: false });
  }

  async run(paths: readonly string[]): Promise<TransferPlan> {
    const found = await walkPaths(paths, this.#options);
    for (const [i, path] of paths.entries()) await this.#addPath(path, found[i] ?? []);
    if (!this.#isAny && paths[0] !== undefined) this.#plan.fail(paths[0], allExcluded());
    return await this.#plan.end();
  }

  async #addPath(path: string, found: readonly FoundItem[]): Promise<void> {
    const { signal } = this.#options;
    let there: ReadonlyMap<string, PathState> | null = null;
    for (const item of found) {
      signal.throwIfAborted();
      this.#isAny ||= item.type !== "excluded";
      if (item.type === "excluded") {
        const { path: file, remotePath: path, isFolder } = item;
        const type = isFolder ? "folder" : "file";
        this.#plan.add({ action: "skip", path, file, type, reason: "excluded" });
      } else if (item.type === "omitted") {
        const { remotePath: path, reason } = item;
        this.#plan.omit({ count: 1, paths: [{ path, reason }] });
      } else if (item.type === "unsendable") this.#plan.fail(item.path, item.error);
      else {
        try {
          there ??= await this.#view(item.remotePath);
        } catch (error) {
          if (!(error instanceof RequestError)) throw error;
          return this.#plan.fail(path, error);
        }
        this.#addItem(item, there);
      }
    }
  }

  #addItem(
    { path: file, remotePath: path, type, sizeBytes, modifiedMs }: LocalItem,
    there: ReadonlyMap<string, PathState>,
  ): void {
    const isBlocked = foldersAbove(path).some((folder) => this.#blocked.has(folder));
    const present = isBlocked ? "other" : there.get(path) ?? null;
    if (type === "file") {
      const isMade = this.#made.has(pathKey(path));
      this.#made.add(pathKey(path));
      return this.#plan.compare({ path, file, wanted: { sizeBytes, modifiedMs }, present, isMade });
    }
    if (present === null) this.#plan.add({ action: "new", path, file, type });
    else if (present !== "folder") {
      this.#blocked.add(path);
      this.#plan.add({ action: "conflict", path, file, type, reason: "in-the-way" });
    }
  }

  /**
   * What is on the server at a path and below it, as far as the client may see it.
   *
   * @throws {RequestError} `denied` where the client may not write; as LIST does
   */
  async #view(path: string): Promise<ReadonlyMap<string, PathState>> {
    const { clients } = this.#options;
    let view: View | null = null;
    try {
      view = await clients.run((client) => viewOf(client, path), () => 0);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (UNLISTABLE.has(error.code) && error.reason !== "protocol-1") return new Map();
      if (error.code !== "not-found") throw error;
    }
    const mayWrite = view?.mayWrite ?? await this.#mayWrite(parentOf(path));
    if (!mayWrite) throw new RequestError("denied");
    return view?.there ?? new Map();
  }

  /** Whether the client may write in a folder, or in the one above it that is there. */
  async #mayWrite(folder: string): Promise<boolean> {
    const { clients } = this.#options;
    try {
      return await clients.run((client) => mayWriteIn(client, folder), () => 0);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code === "not-found" && folder !== "") return this.#mayWrite(parentOf(folder));
      return true; // It cannot be seen
    }
  }
}

/** What a client sees at a path of the server. */
interface View {
  readonly there: ReadonlyMap<string, PathState>;
  /** Whether it may write there; `null` for a file, of which the server does not tell it. */
  readonly mayWrite: boolean | null;
}

async function viewOf(client: Client, path: string): Promise<View> {
  const there = new Map<string, PathState>();
  let mayWrite = true;
  const onRights = (may: boolean) => mayWrite = may;
  for await (const entry of client.list(path, { recursive: true, onRights })) {
    there.set(entry.path, stateOf(entry));
  }
  if (there.has(path)) return { there, mayWrite: null };
  there.set(path, "folder");
  return { there, mayWrite };
}

async function mayWriteIn(client: Client, folder: string): Promise<boolean> {
  let mayWrite = true;
  await client.list(folder, { onRights: (may) => mayWrite = may }).next();
  return mayWrite;
}

function stateOf({ type, size, mtime }: ListedEntry): FileState | "folder" {
  return type === "folder" ? "folder" : { sizeBytes: size, modifiedMs: mtime };
}
