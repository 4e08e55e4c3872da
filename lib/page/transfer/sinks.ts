import { nextTurn } from "../net/next_turn.ts";
import type { Hashing } from "./hashing.ts";
import type { DownloadTarget } from "./mover_messages.ts";

/** The folder of downloads under way, in the private files of the page's origin. */
export const PARTS_FOLDER = "parts";
/** Behind the name of a part: which version of the file it is a part of. */
export const VERSION_SUFFIX = ".version";
/** How much of a part is read at once. */
const READ_BYTES = 8 * 1024 * 1024;

/** Where the bytes of a download go, in their order. */
export interface Sink {
  /** Bytes that are there from an earlier attempt … */
  readonly keptBytes: number;
  /** … of this version of the file; `null` for none. */
  readonly keptVersion: string | null;
  /** Hashes the bytes from before. */
  hashKept(hashing: Hashing, signal: AbortSignal): Promise<void>;
  /** Begins with what is kept, or with nothing. */
  begin(version: string, keep: boolean): void | Promise<void>;
  /** The bytes are the caller's again once it is done. */
  write(bytes: Uint8Array<ArrayBuffer>): void | Promise<void>;
  /** The content is right: it may be used now. @returns it, if it is in memory */
  finish(): Promise<Blob | null>;
  /** Ends before `finish`. @param discard whether nothing of it is kept */
  end(discard: boolean): Promise<void>;
}

/** Opens the sink of a target. @throws {DOMException} */
export async function openSink(target: DownloadTarget): Promise<Sink> {
  switch (target.kind) {
    case "memory":
      return memorySink();
    case "private":
      return await PrivateSink.open(target.name);
    case "picked":
      return new PickedSink(target.handle);
  }
}

/** Keeps the content in memory. */
function memorySink(): Sink {
  let parts: Blob[] = [];
  return {
    keptBytes: 0,
    keptVersion: null,
    hashKept: () => Promise.resolve(),
    begin: () => void (parts = []),
    write: (bytes) => void parts.push(new Blob([bytes])),
    finish: () => Promise.resolve(new Blob(parts)),
    end: () => Promise.resolve(void (parts = [])),
  };
}

/** What TypeScript does not know yet: only workers have it. */
interface SyncAccessHandle {
  read(into: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** A file in the private folder, which outlives a crash. */
class PrivateSink implements Sink {
  readonly keptBytes: number;
  readonly keptVersion: string | null;
  readonly #file: SyncAccessHandle;
  readonly #folder: FileSystemDirectoryHandle;
  readonly #name: string;
  #position: number;

  private constructor(
    file: SyncAccessHandle,
    folder: FileSystemDirectoryHandle,
    name: string,
    version: string | null,
  ) {
    this.#file = file;
    this.#folder = folder;
    this.#name = name;
    this.keptBytes = version === null ? 0 : file.getSize();
    this.keptVersion = version;
    this.#position = this.keptBytes;
  }

  static async open(name: string): Promise<PrivateSink> {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(PARTS_FOLDER, { create: true });
    const version = await readText(folder, name + VERSION_SUFFIX);
    return new PrivateSink(await openSync(folder, name), folder, name, version);
  }

  async hashKept(hashing: Hashing, signal: AbortSignal): Promise<void> {
    for (let at = 0; at < this.keptBytes;) {
      const buffer = new Uint8Array(hashing.free.pop() ?? new ArrayBuffer(READ_BYTES));
      const count = this.#file.read(buffer, { at });
      if (count === 0) throw new DOMException("The part is shorter", "NotReadableError");
      await hashing.update(buffer.subarray(0, count));
      if (buffer.length > 0) hashing.free.push(buffer.buffer);
      at += count;
      await nextTurn(); // The connection has to answer meanwhile
      signal.throwIfAborted();
    }
  }

  async begin(version: string, keep: boolean): Promise<void> {
    this.#position = keep ? this.keptBytes : 0;
    this.#file.truncate(this.#position);
    // A part without its version is never gone on with
    if (!keep) await writeText(this.#folder, this.#name + VERSION_SUFFIX, version);
  }

  write(bytes: Uint8Array<ArrayBuffer>): void {
    writeWhole(this.#file, bytes, this.#position);
    this.#position += bytes.length;
  }

  finish(): Promise<null> {
    this.#file.flush();
    if (this.#file.getSize() !== this.#position) throw noSpace();
    this.#file.close();
    return Promise.resolve(null);
  }

  async end(discard: boolean): Promise<void> {
    try {
      if (!discard) this.#file.flush();
    } finally {
      this.#file.close(); // While it is open, nothing else can open it
    }
    if (discard) await removePart(this.#folder, this.#name);
  }
}

/** A file that the person has picked: it gets its content only by `finish`. */
class PickedSink implements Sink {
  readonly keptBytes = 0;
  readonly keptVersion = null;
  readonly #handle: FileSystemFileHandle;
  #writable: FileSystemWritableFileStream | null = null;

  constructor(handle: FileSystemFileHandle) {
    this.#handle = handle;
  }

  hashKept(): Promise<void> {
    return Promise.resolve();
  }

  async begin(): Promise<void> {
    await this.end();
    this.#writable = await this.#handle.createWritable();
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#writable?.write(bytes);
  }

  async finish(): Promise<null> {
    await this.#writable?.close();
    this.#writable = null;
    return null;
  }

  async end(): Promise<void> {
    await this.#writable?.abort().catch(() => {}); // It may have failed itself
    this.#writable = null;
  }
}

/** Removes a part and what belongs to it. */
export async function removePart(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  for (const each of [name, name + VERSION_SUFFIX]) {
    await folder.removeEntry(each).catch(() => {}); // It need not be there
  }
}

async function openSync(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<SyncAccessHandle> {
  const handle = await folder.getFileHandle(name, { create: true });
  return await (handle as unknown as { createSyncAccessHandle(): Promise<SyncAccessHandle> })
    .createSyncAccessHandle();
}

async function readText(folder: FileSystemDirectoryHandle, name: string): Promise<string | null> {
  try {
    const handle = await folder.getFileHandle(name);
    return await (await handle.getFile()).text() || null;
  } catch {
    return null;
  }
}

async function writeText(
  folder: FileSystemDirectoryHandle,
  name: string,
  text: string,
): Promise<void> {
  const file = await openSync(folder, name);
  try {
    file.truncate(0);
    writeWhole(file, new TextEncoder().encode(text), 0);
    file.flush();
  } finally {
    file.close();
  }
}

/**
 * Writes all bytes. Where there is no space, Chromium writes some of them and returns a count that cannot be.
 *
 * @throws {DOMException} `QuotaExceededError`
 */
function writeWhole(file: SyncAccessHandle, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const count = file.write(bytes.subarray(done), { at: at + done });
    if (count === 0 || count > bytes.length - done) throw noSpace();
    done += count;
  }
}

function noSpace(): DOMException {
  return new DOMException("No space is left", "QuotaExceededError");
}
