import type { ListedEntry } from "../../protocol/answers.ts";
import type { PageClient } from "../net/page_client.ts";
import { numberedPath } from "./numbered_path.ts";

/** Files that are made at once. */
const BATCH = 64;

/** The place of a file in a folder that the person has picked. */
export interface PickedPlace {
  /** The file, which is made, empty, the first time. @throws {DOMException} */
  handle(): Promise<FileSystemFileHandle>;
  /** Removes the file, if it was made. */
  remove(): Promise<void>;
}

/** A file of the server, and where it goes. */
export interface PickedFile {
  readonly entry: ListedEntry;
  readonly place: PickedPlace;
}

/**
 * The files of a folder of the server and below, with their places in a folder that the person has
 * picked; a file that is there keeps its name, and the new one gets a number. Folders are made.
 */
export async function* pickedFiles(
  client: PageClient,
  path: string,
  picked: FileSystemDirectoryHandle,
): AsyncGenerator<PickedFile[]> {
  const base = path.slice(0, path.lastIndexOf("/") + 1);
  let batch: PickedFile[] = [];
  for await (const entry of client.list(path, { recursive: true })) {
    const names = entry.path.slice(base.length).split("/");
    const folder = await folderAt(picked, entry.type === "file" ? names.slice(0, -1) : names);
    if (entry.type === "folder") continue;
    batch.push({ entry, place: placeIn(folder, names.at(-1) ?? "") });
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function folderAt(
  top: FileSystemDirectoryHandle,
  names: readonly string[],
): Promise<FileSystemDirectoryHandle> {
  let folder = top;
  for (const name of names) folder = await folder.getDirectoryHandle(name, { create: true });
  return folder;
}

function placeIn(folder: FileSystemDirectoryHandle, name: string): PickedPlace {
  let made: Promise<FileSystemFileHandle> | null = null;
  return {
    handle: () => made ??= newFile(folder, name),
    async remove() {
      const handle = await made?.catch(() => null);
      made = null;
      if (handle) await folder.removeEntry(handle.name).catch(() => {}); // It may be gone
    },
  };
}

async function newFile(
  folder: FileSystemDirectoryHandle,
  wanted: string,
): Promise<FileSystemFileHandle> {
  for (let name = wanted;; name = numberedPath(name)) {
    const isThere = await folder.getFileHandle(name).then(() => true, (error) => {
      if (error instanceof DOMException && error.name === "NotFoundError") return false;
      throw error;
    });
    if (!isThere) return await folder.getFileHandle(name, { create: true });
  }
}
