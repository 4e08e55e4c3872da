import { dirname, join } from "@std/path";
import type { Client } from "../../client/client.ts";
import type { ClientProvider } from "../../client/client_provider.ts";
import { findRemote, type RemoteItem } from "../../client/remote_paths.ts";
import { makeFolder } from "../../files/folders.ts";
import { toLocalPath } from "../../files/local_name.ts";
import { walkLocal } from "../../files/local_tree.ts";
import type { Omissions } from "../../protocol/answers.ts";
import { checkPath, lastComponent } from "../../protocol/path.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { ProgressListener } from "../commands/batch.ts";
import { defined } from "../options/defined.ts";
import type { LineInput } from "../terminal/line_input.ts";
import type { Locale } from "../texts/locale.ts";
import { describeOmission } from "../view/omission_text.ts";
import { ProgressTotals, renderProgress } from "../view/progress.ts";
import { describeResult, type Direction, type TransferResult } from "../view/reporter.ts";

const STATUS_INTERVAL_MS = 100;

/** Options of {@link InteractiveTransfers}. */
export interface InteractiveTransferOptions {
  /** Folder for received files. */
  readonly directory: string;
  readonly replace: boolean;
  readonly locale: Locale;
  readonly input: LineInput;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
  /** Called for each file that fails, with the path that was asked for. */
  readonly onError: (error: unknown, path: string) => void;
}

/** Moves files beside the chat, with one status line for all transfers. */
export class InteractiveTransfers {
  readonly #clients: ClientProvider;
  readonly #options: InteractiveTransferOptions;
  readonly #running = new Set<Promise<void>>();
  #totals = new ProgressTotals();
  #shownMs = 0;

  /** Uses the clients, does not own them. */
  constructor(clients: ClientProvider, options: InteractiveTransferOptions) {
    this.#clients = clients;
    this.#options = options;
  }

  /** Whether a transfer is running. */
  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Begins to fetch a file, a folder, or the matches of a pattern. */
  get(path: string): void {
    this.#track(this.#fetch(path), path);
  }

  /** Begins to send a file or a folder of this machine, and announces the files in a room. */
  put(path: string, room: string | null): void {
    this.#track(this.#deliver(path, room), path);
  }

  /** Resolves when no transfer is running. */
  async finished(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #track(work: Promise<void>, path: string): void {
    const tracked = work.catch((error) => this.#options.onError(error, path)).finally(() => {
      this.#running.delete(tracked);
      if (this.isBusy) return;
      this.#options.input.status(null);
      this.#totals = new ProgressTotals();
    });
    this.#running.add(tracked);
  }

  async #fetch(path: string): Promise<void> {
    this.#tell("receiving", path);
    const find = async (client: Client) =>
      client.protocol === 2
        ? await findRemote(client, path, (omitted) => this.#tellOmitted(omitted))
        : [itemByName(path)];
    const items = await this.#clients.run(find, () => 0);
    const files = items.filter(({ type }) => type === "file");
    this.#totals.expect(files.length, files.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0));
    for (const { type, localPath } of items) {
      if (type === "folder") await makeFolder(join(this.#options.directory, localPath));
    }
    await Promise.all(files.map((file) => this.#receive(file)));
  }

  async #receive({ path, localPath, sizeBytes }: RemoteItem): Promise<void> {
    const { directory, replace, signal } = this.#options;
    await this.#move(path, "get", async (client, onProgress) => {
      return await client.download(path, {
        directory: dirname(join(directory, localPath)),
        name: lastComponent(localPath),
        replace,
        signal,
        onProgress,
        ...defined({ sizeBytes: sizeBytes ?? undefined }),
      });
    });
  }

  async #deliver(path: string, room: string | null): Promise<void> {
    this.#tell("sending", path);
    const work: Promise<void>[] = [];
    for await (const item of walkLocal(path, "")) {
      if (item.type === "unsendable") this.#options.onError(item.error, item.path);
      else if (item.type === "omitted") this.#tellOmitted({ count: 1, paths: [item] });
      else if (item.type === "folder") await this.#makeFolder(item.remotePath);
      else {
        this.#totals.expect(1, item.sizeBytes);
        work.push(this.#send(item.path, item.remotePath, room));
      }
    }
    await Promise.all(work);
  }

  #tellOmitted({ count, paths }: Omissions): void {
    const { input, locale } = this.#options;
    for (const omitted of paths) input.print(describeOmission(omitted, locale));
    const unnamed = count - paths.length;
    if (unnamed > 0) input.print(locale.t("leftOutCount", { count: unnamed }));
  }

  #makeFolder(path: string): Promise<void> {
    return this.#clients.run((client) => client.makeFolder(path), () => 0);
  }

  async #send(file: string, path: string, room: string | null): Promise<void> {
    const { replace, signal } = this.#options;
    const options = { path, replace, signal, ...defined({ room: room ?? undefined }) };
    await this.#move(path, "put", async (client, onProgress) => {
      return { ...await client.upload(file, { ...options, onProgress }), file };
    });
  }

  /** Moves one file, and prints its result. */
  async #move(
    path: string,
    direction: Direction,
    work: (client: Client, onProgress: ProgressListener) => Promise<TransferResult>,
  ): Promise<void> {
    const { input, locale, onError } = this.#options;
    let progress = 0;
    const onProgress = (bytes: number, total: number) => {
      progress = bytes;
      this.#onProgress(path, bytes, total);
    };
    try {
      const result = await this.#clients.run((client) => work(client, onProgress), () => progress);
      this.#totals.finish(path, result.sizeBytes);
      const shownName = direction === "get" ? result.file : path;
      input.print(describeResult(result, locale, { shownName, direction }));
    } catch (error) {
      this.#totals.finish(path, 0);
      onError(error, path);
    }
  }

  #onProgress(path: string, bytes: number, total: number): void {
    const { input, locale } = this.#options;
    this.#totals.update(path, bytes, total);
    const nowMs = performance.now();
    if (nowMs - this.#shownMs < STATUS_INTERVAL_MS) return;
    this.#shownMs = nowMs;
    input.status(renderProgress(this.#totals.state(lastComponent(path), nowMs), locale));
  }

  #tell(text: "receiving" | "sending", path: string): void {
    const { input, locale: { t } } = this.#options;
    if (input.isTerminal) input.print(t(text, { path: cleanLine(path) }));
  }
}

/** Protocol 1 has no lists: the path is taken for a file. */
function itemByName(text: string): RemoteItem {
  const path = checkPath(text.trim());
  const localPath = toLocalPath(lastComponent(path));
  return { path, localPath, type: "file", sizeBytes: null, modifiedMs: null };
}
