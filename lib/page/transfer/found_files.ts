import type { Dropped } from "./take_drop.ts";

/** A file of this machine that is to be sent. */
export interface FoundFile {
  /** Relative to where it is sent, with `/`. */
  readonly path: string;
  /** `null` if the browser cannot open it now. */
  readonly file: File | null;
  /** What opens it again after a reload; `null` where the browser has no such thing. */
  readonly handle: FileSystemHandle | null;
  /** The path in the folder of `handle`; "" for the file itself. */
  readonly inner: string;
}

/** What was dropped: files, and folders that have none. */
export interface FoundTree {
  readonly files: AsyncIterable<readonly FoundFile[]>;
  /** The folders without a file, once the files are read to their end. */
  readonly emptyFolders: readonly string[];
  /** The failures of the folders that the browser cannot read, likewise. */
  readonly unread: readonly unknown[];
}

/** Files that are opened at once: browsers stop at many. */
const FILES_AT_ONCE = 64;

/** The files of an input, of folders with their paths in them. */
export function filesOfInput(files: readonly File[]): FoundFile[] {
  return files.map((file) => (
    { path: file.webkitRelativePath || file.name, file, handle: null, inner: "" }
  ));
}

/** The files of a drop, and its folders without any. */
export function filesOfDrop(dropped: readonly Dropped[]): FoundTree {
  const tree = { emptyFolders: [], unread: [] };
  return { ...tree, files: walk(dropped, tree) };
}

/** What a walk finds besides files. */
interface Finds {
  readonly emptyFolders: string[];
  readonly unread: unknown[];
}

async function* walk(dropped: readonly Dropped[], finds: Finds): AsyncGenerator<FoundFile[]> {
  for (const { entry, handle } of dropped) {
    const opened = await handle;
    for await (const batch of filesBelow(entry, finds)) {
      yield await Promise.all(batch.map(async (each) => ({
        path: pathOf(each),
        file: await open(each),
        handle: opened,
        inner: each === entry ? "" : pathOf(each).slice(pathOf(entry).length + 1),
      })));
    }
  }
}

/** The files in a folder and below, in batches; or the file itself. */
async function* filesBelow(
  top: FileSystemEntry,
  finds: Finds,
): AsyncGenerator<FileSystemFileEntry[]> {
  let batch: FileSystemFileEntry[] = [];
  const stack = [top];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    if (entry.isFile) batch.push(entry as FileSystemFileEntry);
    else {
      const folder = entry as FileSystemDirectoryEntry;
      for (const child of await childrenOf(folder, finds)) stack.push(child);
    }
    if (batch.length < FILES_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The last child first. A folder that cannot be read has none. */
async function childrenOf(
  folder: FileSystemDirectoryEntry,
  { emptyFolders, unread }: Finds,
): Promise<FileSystemEntry[]> {
  try {
    const children = await readChildren(folder);
    if (children.length === 0) emptyFolders.push(pathOf(folder));
    return children.reverse();
  } catch (error) {
    unread.push(error);
    return [];
  }
}

/** A reader gives a part of a folder at each call, and nothing at the end. */
async function readChildren(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (part.length === 0) return children;
    children.push(...part);
  }
}

function open(entry: FileSystemFileEntry): Promise<File | null> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(null)));
}

function pathOf({ fullPath }: FileSystemEntry): string {
  return fullPath.replace(/^\/+/, "");
}

/** Lets the browser ask the person whether the page may open a file again. */
export async function askForFile(handle: FileSystemHandle): Promise<void> {
  const asked = handle as unknown as { requestPermission?(): Promise<PermissionState> };
  await asked.requestPermission?.().catch(() => {}); // Opening it tells
}

/** Opens a file again. @throws {DOMException} when the browser needs the person for that */
export async function reopen(handle: FileSystemHandle, inner: string): Promise<File> {
  const asked = handle as unknown as { queryPermission?(): Promise<PermissionState> };
  if (await asked.queryPermission?.() !== "granted") {
    throw new DOMException("The file has to be chosen again", "NotAllowedError");
  }
  const names = inner.split("/");
  let folder = handle as FileSystemDirectoryHandle;
  if (inner === "") return await (handle as FileSystemFileHandle).getFile();
  for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name);
  return await (await folder.getFileHandle(names.at(-1) ?? "")).getFile();
}
