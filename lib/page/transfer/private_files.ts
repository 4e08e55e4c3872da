import { PARTS_FOLDER, removePart, VERSION_SUFFIX } from "./sinks.ts";

/** A part that no transfer goes on with is removed after this long. */
const FORGOTTEN_MS = 60 * 60 * 1000;
/** The share of the browser's space that is left free. */
const FREE_SHARE = 0.1;

/** The private files of the page's origin, where downloads wait until they are right. */
export interface PrivateFiles {
  /** Whether a file of this size fits. */
  hasRoom(size: number): Promise<boolean>;
  /** The content of a part. @throws {DOMException} */
  open(name: string): Promise<File>;
  remove(name: string): Promise<void>;
  /** Removes what was saved or forgotten long ago. @param kept the parts of transfers that go on */
  sweep(kept: ReadonlySet<string>): Promise<void>;
}

/** The name of the part of a transfer. */
export function partName(id: string): string {
  return `part-${id}`;
}

/** Those of the browser; `null` where it has none, as with plain http. */
export function privateFilesOfBrowser(): PrivateFiles | null {
  const storage = (navigator as { storage?: StorageManager }).storage;
  if (!isSecureContext || storage?.getDirectory === undefined) return null;
  const folder = async () =>
    await (await storage.getDirectory()).getDirectoryHandle(PARTS_FOLDER, { create: true });
  return {
    async hasRoom(size) {
      const { quota = 0, usage = 0 } = await storage.estimate();
      return size < (quota - usage) * (1 - FREE_SHARE);
    },
    open: async (name) => await (await (await folder()).getFileHandle(name)).getFile(),
    remove: async (name) => await removePart(await folder(), name),
    async sweep(kept) {
      const parts = await folder();
      for await (const [name, handle] of parts.entries()) {
        const isKept = kept.has(name.replace(VERSION_SUFFIX, ""));
        if (handle.kind !== "file" || isKept) continue;
        const { lastModified } = await (handle as FileSystemFileHandle).getFile();
        if (Date.now() - lastModified > FORGOTTEN_MS) await removePart(parts, name);
      }
    },
  };
}
