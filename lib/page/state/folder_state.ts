import { parentOf } from "../../protocol/path.ts";
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { FolderModel, FolderRow, SortKey } from "../model/page_model.ts";
import { RequestError } from "../../protocol/errors.ts";
import { readAnswer } from "../../client/read_answer.ts";
import type { PageClient } from "../net/page_client.ts";
import { Fields, type JsonObject } from "../../protocol/json.ts";
import { filterRows, rowOf, sortByName, type Sorting, sortRows } from "./folder_rows.ts";

/** Rows that are shown before a large folder is read to its end. */
const FIRST_ROWS = 500;
/** How long after a change a folder is read again. */
const REFRESH_MS = 500;

/** What a folder needs of the page. */
export interface FolderContext {
  /** @throws {ConnectionError} when there is none */
  client(): PageClient;
  /** Whether the server takes uploads; `null` before a connection. */
  readonly hasUpload: ReadonlySignal<boolean | null>;
  /** The path that a link is for: a file there is shown as the only row. `undefined` for no link. */
  readonly linkPath: () => string | undefined;
}

/** The folder that the page shows. */
export class FolderState implements FolderModel {
  readonly #context: FolderContext;
  /** Sorted by name. */
  readonly #byName = signal<readonly FolderRow[]>([]);
  readonly #path = signal("");
  readonly #omitted = signal(0);
  readonly #state = signal<FolderModel["state"]["value"]>({ kind: "loading" });
  readonly #sort = signal<Sorting>({ key: "name", descending: false });
  readonly #filter = signal("");
  /** Ends the listing under way; `null` before the first. */
  #stop: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  readonly path: ReadonlySignal<string> = this.#path;
  readonly omitted: ReadonlySignal<number> = this.#omitted;
  readonly state: FolderModel["state"] = this.#state;
  readonly sort: ReadonlySignal<Sorting> = this.#sort;
  readonly filter: ReadonlySignal<string> = this.#filter;
  readonly #sorted = computed(() => sortRows(this.#byName.value, this.#sort.value));
  readonly rows: ReadonlySignal<readonly FolderRow[]> = computed(() =>
    filterRows(this.#sorted.value, this.#filter.value)
  );
  readonly total: ReadonlySignal<number> = computed(() => this.#byName.value.length);
  readonly #mayWrite = signal<boolean | null>(null);
  readonly canWrite: ReadonlySignal<boolean | null>;
  readonly canChange = signal(false);
  readonly canShare = signal(false);

  constructor(context: FolderContext) {
    this.#context = context;
    this.canWrite = computed(() =>
      context.hasUpload.value === false ? false : this.#mayWrite.value
    );
  }

  async open(path: string): Promise<void> {
    if (path !== this.#path.value) {
      batch(() => {
        this.#path.value = path;
        this.#filter.value = "";
        this.#mayWrite.value = null;
        this.canChange.value = this.canShare.value = false;
        this.#show([], 0);
      });
    }
    await this.refresh();
  }

  async refresh(): Promise<void> {
    this.#stop?.abort();
    const stop = this.#stop = new AbortController();
    this.#state.value = { kind: "loading" };
    try {
      await this.#list(this.#path.value, stop.signal);
      if (!stop.signal.aborted) this.#state.value = { kind: "ready" };
    } catch (error) {
      if (stop.signal.aborted) return;
      this.#show([], 0);
      this.#state.value = { kind: "failed", error };
    }
  }

  sortBy(key: SortKey): void {
    const { key: present, descending } = this.#sort.value;
    this.#sort.value = { key, descending: key === present && !descending };
  }

  setFilter(text: string): void {
    this.#filter.value = text;
  }

  async change(type: "MKDR" | "MOVE" | "DELE", fields: JsonObject): Promise<JsonObject> {
    const answer = await this.#context.client().request(type, fields);
    await this.refresh();
    return answer;
  }

  async sha256(path: string): Promise<string> {
    const { sha256 } = await this.#context.client().stat(path);
    if (sha256 === null) throw new RequestError("not-a-file");
    return sha256;
  }

  async link(path: string): Promise<string> {
    const client = this.#context.client();
    const url = linkTo(client, path);
    // Without a ticket, a link shows what a guest may see
    if (client.account === null || !client.features.includes("tickets")) return url;
    const answer = await client.request("TCKT", { path });
    const ticket = readAnswer(() => new Fields(answer).text("ticket"));
    return `${url}?ticket=${encodeURIComponent(ticket)}`;
  }

  async #list(path: string, signal: AbortSignal): Promise<void> {
    const rows: FolderRow[] = [];
    let omitted = 0;
    const onOmitted = ({ count }: { count: number }) => omitted += count;
    const onRights = (mayWrite: boolean, mayDelete: boolean, mayShare: boolean) => {
      this.#mayWrite.value = mayWrite;
      this.canChange.value = mayDelete;
      this.canShare.value = mayShare;
    };
    for await (const entry of this.#context.client().list(path, { signal, onOmitted, onRights })) {
      if (entry.path === path && path !== this.#context.linkPath()) {
        throw new RequestError("not-a-file");
      }
      rows.push(rowOf(entry));
      if (rows.length === FIRST_ROWS) this.#show(sortByName(rows), omitted);
    }
    if (!signal.aborted) this.#show(sortByName(rows), omitted);
  }

  /** A path on the server has changed: the folder is read again, not for each of many files. */
  onChanged(path: string): void {
    const folder = parentOf(path);
    const isShown = folder === this.#path.value || folder.startsWith(`${this.#path.value}/`) ||
      this.#path.value === "";
    if (!isShown || this.#timer !== null || this.#stop === null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.refresh();
    }, REFRESH_MS);
  }

  /** Ends what is under way. */
  stop(): void {
    this.#stop?.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #show(rows: readonly FolderRow[], omitted: number): void {
    batch(() => {
      this.#byName.value = rows;
      this.#omitted.value = omitted;
    });
  }
}

/** The link to a file, for those who may read it. @param server where it is: the client of a connection */
export function linkTo({ origin }: Pick<PageClient, "origin">, path: string): string {
  return `${origin}/files/${path.split("/").map(encodeURIComponent).join("/")}`;
}
