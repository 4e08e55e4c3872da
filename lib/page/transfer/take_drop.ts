/** A file or a folder that was dropped. */
export interface Dropped {
  readonly entry: FileSystemEntry;
  /** What opens it again after a reload; `null` where the browser has no such thing. */
  readonly handle: Promise<FileSystemHandle | null>;
}

/**
 * Takes what was dropped. Call it in the event, before any `await`: what was dropped is empty then.
 * Plain http crashes at `getAsFileSystemHandle`, though it has it.
 */
export function takeDrop(data: DataTransfer): Dropped[] {
  return [...data.items].flatMap((item): Dropped[] => {
    const entry = item.webkitGetAsEntry();
    if (entry === null) return [];
    const open = isSecureContext && "getAsFileSystemHandle" in item
      ? (item as unknown as { getAsFileSystemHandle(): Promise<FileSystemHandle | null> })
        .getAsFileSystemHandle()
      : Promise.resolve(null);
    return [{ entry, handle: open.catch(() => null) }];
  });
}
