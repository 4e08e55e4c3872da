import { ExcludeRules } from "../files/exclude_rules.ts";
import type { ListedEntry, Omissions } from "../protocol/answers.ts";
import type { Client } from "./client.ts";

/** Called with what a search leaves out. */
export type OmissionListener = (omitted: Omissions) => void;

/** Options of a {@link RemoteSearch}. */
export interface SearchOptions {
  /** Called with what is there and cannot be fetched, or is a link to a folder. */
  readonly onOmitted?: OmissionListener | undefined;
  /** Patterns of what is left out: see {@link ExcludeOptions.exclude}. Default: none. */
  readonly exclude?: readonly string[] | undefined;
  /** Ask the server for the hashes that it knows. Default `false`. */
  readonly hashes?: boolean | undefined;
  /** Called with what these leave out: a folder without what is in it. */
  readonly onExcluded?: ((entry: ListedEntry) => void) | undefined;
}

/** A search below a folder, and what it leaves out on request. */
export class RemoteSearch {
  readonly #client: Client;
  readonly #options: SearchOptions;
  readonly #rules: ExcludeRules;
  /** Characters of the paths before what the rules see. */
  readonly #start: number;
  /** The time of the folder that was listed last; `null` if the server does not tell it. */
  folderMs: number | null = null;

  /** @param base the folder that the patterns are seen from; `""` for the root */
  constructor(client: Client, base: string, options: SearchOptions) {
    this.#client = client;
    this.#options = options;
    this.#rules = ExcludeRules.of(options.exclude ?? []);
    this.#start = base === "" ? 0 : base.length + 1;
  }

  /** Tells what a listing leaves out. */
  omit({ count, paths }: Omissions): void {
    const told = paths.filter(({ path }) => !this.#excludes(path, false));
    const omitted = { count: count - paths.length + told.length, paths: told };
    if (omitted.count > 0) this.#options.onOmitted?.(omitted);
  }

  /** All that is below a path, without links to folders and what is in them. */
  async *listAll(path: string): AsyncGenerator<ListedEntry> {
    for await (const entry of this.list(path, true)) {
      if (isFolderLink(entry)) this.omit(folderLink(entry));
      else yield entry;
    }
  }

  /** The entries of a listing. @param isWanted what is left out is told only of such paths */
  async *list(
    path: string,
    recursive: boolean,
    isWanted: (path: string) => boolean = () => true,
  ): AsyncGenerator<ListedEntry> {
    const descend = (folder: string) => !this.#excludes(folder, true);
    const isDescending = (this.#options.exclude ?? []).length > 0 ? { descend } : {};
    const onFolderTime = (modifiedMs: number) => this.folderMs = modifiedMs;
    const onOmitted = ({ count, paths }: Omissions) => {
      // What is in a folder that cannot be read might have matched
      const told = paths.filter(({ path, reason }) => reason === "denied" || isWanted(path));
      this.omit({ count: count - paths.length + told.length, paths: told });
    };
    const hashes = this.#options.hashes ?? false;
    const options = { recursive, ...isDescending, onOmitted, onFolderTime, hashes };
    for await (const entry of this.#client.list(path, options)) {
      if (!this.#excludes(entry.path, entry.type === "folder")) yield entry;
      else if (isWanted(entry.path)) this.#options.onExcluded?.(entry);
    }
  }

  #excludes(path: string, isFolder: boolean): boolean {
    return path.length > this.#start && this.#rules.excludes(path.slice(this.#start), isFolder);
  }
}

/** Whether an entry is a link to a folder, into which no search descends. */
export function isFolderLink({ type, link }: ListedEntry): boolean {
  return type === "folder" && link === true;
}

/** What is told of such a link. */
export function folderLink({ path }: ListedEntry): Omissions {
  return { count: 1, paths: [{ path, reason: "folder-link" }] };
}
