import type { Client } from "../../client/client.ts";
import { RequestError } from "../../protocol/errors.ts";
import { pathKey } from "../../protocol/path.ts";

/** The paths on the server at which a command has put files. It replaces none of these. */
export class MadePaths {
  readonly #byKey = new Map<string, string[]>();

  /** Adds the path of a file that is in place. */
  add(path: string): void {
    const key = pathKey(path);
    const paths = this.#byKey.get(key);
    if (paths === undefined) this.#byKey.set(key, [path]);
    else paths.push(path);
  }

  /**
   * Whether a path leads to a file of these: it is one of them, or the server takes both names for the
   * same, as a system does that ignores letter case.
   */
  async has(client: Client, path: string): Promise<boolean> {
    for (const made of this.#byKey.get(pathKey(path)) ?? []) {
      if (made === path || await isSameFile(client, made, path)) return true;
    }
    return false;
  }
}

/** The failure of a file whose place the command has filled before. */
export function alreadyMade(): RequestError {
  return new RequestError("exists", undefined, { reason: "same-command" });
}

/** Whether two paths lead to one file, as far as the client may know: it has one version. */
async function isSameFile(client: Client, first: string, second: string): Promise<boolean> {
  try {
    const { version } = await client.stat(second);
    return version !== null && version === (await client.stat(first)).version;
  } catch (error) {
    if (error instanceof RequestError) return false;
    throw error;
  }
}
