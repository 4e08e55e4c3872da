import type { StoredFile } from "../../files/directory_store.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { SendOptions } from "../../transfer/send_data.ts";
import type { ServerServices } from "../context/services.ts";

/** A file that can be read, all at once or as far as its bytes are here. Disposal says that it is not needed. */
export interface ReadableFile extends Disposable, Pick<SendOptions, "until"> {
  readonly file: StoredFile;
}

/**
 * Opens a file to be sent, and has its bytes fetched where they are on another server.
 *
 * @throws {RequestError} `busy` `no-copy` if no server can give them; the reason of the signal
 */
export async function openReadable(
  { contents }: Pick<ServerServices, "contents">,
  file: StoredFile,
  signal: AbortSignal,
): Promise<ReadableFile> {
  if (!file.isElsewhere) return { file, [Symbol.dispose]: () => {} };
  const { sha256, stamp: { sizeBytes } } = file;
  if (contents === null || sha256 === undefined) {
    throw new RequestError("busy", undefined, { reason: "no-copy" });
  }
  const arriving = await contents.open({ sha256, sizeBytes }, signal);
  const { realPath, arrivingPath } = arriving.file;
  const until = (position: number) => arriving.until(position, signal);
  return {
    file: {
      ...file,
      realPath,
      isConfined: false,
      ...(arrivingPath !== undefined && { arrivingPath }),
    },
    until,
    [Symbol.dispose]: () => arriving[Symbol.dispose](),
  };
}
