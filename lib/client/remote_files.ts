import { RequestError } from "../protocol/errors.ts";
import type { Client } from "./client.ts";
import type { ClientProvider } from "./client_provider.ts";
import { UNLISTABLE } from "./remote_paths.ts";

/** Files on the server by their paths: the SHA-256 of each in hex, `null` where the listing does not tell it. */
export type RemoteFiles = ReadonlyMap<string, string | null>;

/**
 * The files in and below a folder on the server; none where there is no such folder.
 *
 * @param onHash called with each file that is listed with its hash, while the listing goes on
 * @returns `null` where the folder cannot be listed
 * @throws {RequestError | ConnectionError}
 */
export async function listFiles(
  clients: ClientProvider,
  folder: string,
  onHash: (path: string) => void,
): Promise<RemoteFiles | null> {
  try {
    return await clients.run((client) => listAll(client, folder, onHash), () => 0);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.code === "not-found") return new Map();
    if (UNLISTABLE.has(error.code)) return null;
    throw error;
  }
}

async function listAll(
  client: Client,
  folder: string,
  onHash: (path: string) => void,
): Promise<RemoteFiles> {
  const files = new Map<string, string | null>();
  const options = { recursive: true, hashes: true };
  for await (const { type, path, sha256 = null } of client.list(folder, options)) {
    if (type === "file") files.set(path, sha256);
    if (sha256 !== null) onHash(path);
  }
  return files;
}
