import { abortable } from "@std/async/abortable";
import type { ClientProvider } from "./client_provider.ts";
import { type FindOptions, findRemote, type RemoteItem } from "./remote_paths.ts";

/** Options of {@link findAllRemote}. */
export interface FindAllOptions extends FindOptions {
  readonly clients: ClientProvider;
  readonly signal: AbortSignal;
  /** Looks at what a path stands for; what it throws is the failure of the path. */
  readonly check?: ((found: readonly RemoteItem[]) => void) | undefined;
  /** Called with the failure of a path, and how many files were found before. */
  readonly onFailure: (path: string, error: unknown, files: number) => void;
}

/**
 * The files and folders that paths and patterns stand for, in the order of asking, each once.
 *
 * @throws the reason of the signal
 */
export async function findAllRemote(
  paths: readonly string[],
  { clients, signal, check, onFailure, ...find }: FindAllOptions,
): Promise<readonly RemoteItem[]> {
  const several = new Map<string, RemoteItem>();
  let items: readonly RemoteItem[] = [];
  for (const path of paths) {
    try {
      const finding = clients.run((client) => findRemote(client, path, find), () => 0);
      const found = await abortable(finding, signal);
      check?.(found);
      if (paths.length === 1) items = found; // Each once by itself
      else for (const item of found) several.set(`${item.path}\0${item.localPath}`, item);
    } catch (error) {
      signal.throwIfAborted();
      onFailure(path, error, filesIn(several.values()).length);
    }
  }
  return paths.length === 1 ? items : [...several.values()];
}

/** The files among items, in their order. */
export function filesIn(items: Iterable<RemoteItem>): RemoteItem[] {
  return [...items].filter(({ type }) => type === "file");
}
