import { decodeRemoved, type RemovedPath } from "../protocol/answers.ts";
import type { RequestOptions } from "./connect_options.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";

/** Options of {@link Client.move}. */
export interface MoveOptions extends RequestOptions {
  /** Whether a file takes the place of a file. Default `false`. */
  readonly replace?: boolean;
}

/** Options of {@link Client.remove}. */
export interface RemoveOptions extends RequestOptions {
  /** Remove a folder with all that is in it. Default `false`. */
  readonly recursive?: boolean;
}

/** Changes of files and folders on a server, apart from uploads. Its methods are those of a client. */
export class RemoteChanges {
  readonly #protocol2: () => Promise<Protocol2Client>;

  /** @param protocol2 throws where the server speaks only protocol 1 */
  constructor(protocol2: () => Promise<Protocol2Client>) {
    this.#protocol2 = protocol2;
  }

  /**
   * Makes a folder on the server, and those above it. An existing folder is no error.
   *
   * @returns whether it is new; `true` also from an older server, which does not tell
   *
   * @example Make a folder
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({ port: 0, root: folder, uploads: true });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await client.makeFolder("reports/2026");
   * ```
   */
  async makeFolder(path: string, { signal }: RequestOptions = {}): Promise<boolean> {
    const protocol = await this.#protocol2();
    const answer = await protocol.request("MKDR", { path }, signal);
    return answer["exists"] !== true;
  }

  /**
   * Gives a file or folder on the server another path, in one step. The folder of `to` must exist; what is
   * there is `exists`, unless `replace` lets a file take the place of a file.
   *
   * @throws {RequestError} `unsupported` where the server lacks the feature `manage`
   *
   * @example Rename a file
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * const folder = await Deno.makeTempDir();
   * await using server = await serve({
   *   port: 0,
   *   root: folder,
   *   uploads: true,
   *   guestRights: new Set(["read", "write", "delete"]),
   * });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await Deno.writeTextFile(`${folder}/a.txt`, "a");
   * await client.move("a.txt", "b.txt");
   * ```
   */
  async move(path: string, to: string, { replace, signal }: MoveOptions = {}): Promise<void> {
    await (await this.#protocol2()).request(
      "MOVE",
      { path, to, replace: replace === true },
      signal,
    );
  }

  /**
   * Removes a file on the server, or with `recursive` a folder with all that is in it. Links are removed,
   * not followed. What this client may not see or remove stays, and is told in `omitted`.
   *
   * @throws {RequestError} `not-a-file` for a folder without `recursive`; `unsupported` where the server
   * lacks the feature `manage`
   *
   * @example Remove a folder
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * await using server = await serve({
   *   port: 0,
   *   root: await Deno.makeTempDir(),
   *   uploads: true,
   *   guestRights: new Set(["read", "write", "delete"]),
   * });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await client.makeFolder("reports/2026");
   * const { files, folders, omitted } = await client.remove("reports", { recursive: true });
   * console.log(files, folders, omitted.count);
   * ```
   */
  async remove(path: string, { recursive, signal }: RemoveOptions = {}): Promise<RemovedPath> {
    const request = { path, recursive: recursive === true };
    const answer = await (await this.#protocol2()).request("DELE", request, signal);
    return readAnswer(() => decodeRemoved(answer));
  }
}
