import type { Client } from "../../client/client.ts";
import { listLocalFolder } from "../../files/list_local_folder.ts";
import { expandHome } from "./transfer_request.ts";

/** How long the list of a remote folder is kept: Tab comes several times in a row. */
const LIST_KEPT_MS = 5_000;

/** Completes paths on the server. */
export class RemotePaths {
  readonly #client: () => Client;
  #folder: { readonly name: string; readonly atMs: number; readonly paths: string[] } | null = null;

  /** @param client returns the present client */
  constructor(client: () => Client) {
    this.#client = client;
  }

  /** The paths in the folder of a path that is half typed; folders end in `/`. */
  async like(typed: string): Promise<readonly string[]> {
    const name = typed.slice(0, Math.max(0, typed.lastIndexOf("/")));
    const nowMs = performance.now();
    const known = this.#folder;
    if (known !== null && known.name === name && nowMs - known.atMs < LIST_KEPT_MS) {
      return known.paths;
    }
    const paths: string[] = [];
    for await (const { path, type } of this.#client().list(name)) {
      paths.push(type === "folder" ? `${path}/` : path);
    }
    this.#folder = { name, atMs: nowMs, paths };
    return paths;
  }
}

/** The same on this machine. */
export async function localPathsLike(typed: string): Promise<readonly string[]> {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  return (await listLocalFolder(folder === "" ? "." : expandHome(folder))).map((name) =>
    folder + name
  );
}
