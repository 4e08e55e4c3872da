import { join } from "@std/path";

const TMPFS = "/dev/shm";
const BLOCK_BYTES = 1024 * 1024;
/** HashIndex keeps no hash of a file written less than 2 s before. */
const HASHABLE_AFTER_MS = 2_200;

/** 1 MiB in bytes. */
export const MIB = 1024 * 1024;

/** The size of the measurements. */
export interface Scale {
  /** The size of the large file. */
  readonly largeBytes: number;
  /** The size of the huge file, for memory. */
  readonly hugeBytes: number;
  /** How often a measurement is repeated; the median counts. */
  readonly rounds: number;
  readonly smallFiles: number;
  /** Small files that the programs transfer. */
  readonly manyFiles: number;
  /** For long ways: the delays one way, the size of the large file, and the files of the mixed tree. */
  readonly delaysMs: readonly number[];
  readonly distantBytes: number;
  readonly mixedFiles: number;
  readonly idleClients: number;
  readonly chatClients: number;
  /** Messages that are sent singly, and bursts of messages. */
  readonly chatMessages: number;
  readonly chatBursts: number;
  /** Messages whose latency is measured beside a download. */
  readonly timedMessages: number;
  /** For rooms: the clients, the duration of the chat, and the clients in bursts. */
  readonly roomClients: number;
  readonly roomSeconds: number;
  readonly burstClients: number;
  /** Clients that all reconnect at once. */
  readonly returningClients: number;
  /** Messages of each sender whose storage is measured. */
  readonly storedMessages: number;
  /** Messages in the history of the room that is joined. */
  readonly oldMessages: number;
  /** Messages of each client in a cluster, and those that a new server of it has to get. */
  readonly clusterMessages: number;
  readonly clusterHistory: number;
  readonly idleTlsClients: number;
  readonly logins: number;
}

/** The scale that the goals are for. */
export const FULL_SCALE: Scale = {
  largeBytes: 1024 * MIB,
  hugeBytes: 4096 * MIB,
  rounds: 3,
  smallFiles: 1_000,
  manyFiles: 10_000,
  delaysMs: [5, 25, 50, 75],
  distantBytes: 200 * MIB,
  mixedFiles: 2_000,
  idleClients: 9_000,
  chatClients: 1_000,
  chatMessages: 200,
  chatBursts: 20,
  timedMessages: 600,
  roomClients: 1_000,
  roomSeconds: 10,
  burstClients: 200,
  returningClients: 5_000,
  storedMessages: 2_000,
  oldMessages: 100_000,
  clusterMessages: 2_000,
  clusterHistory: 300_000,
  idleTlsClients: 5_000,
  logins: 2_000,
};

/** A scale for checking that everything works. */
export const QUICK_SCALE: Scale = {
  largeBytes: 128 * MIB,
  hugeBytes: 256 * MIB,
  rounds: 1,
  smallFiles: 200,
  manyFiles: 500,
  delaysMs: [50],
  distantBytes: 50 * MIB,
  mixedFiles: 200,
  idleClients: 500,
  chatClients: 200,
  chatMessages: 50,
  chatBursts: 4,
  timedMessages: 100,
  roomClients: 100,
  roomSeconds: 3,
  burstClients: 50,
  returningClients: 300,
  storedMessages: 200,
  oldMessages: 5_000,
  clusterMessages: 200,
  clusterHistory: 20_000,
  idleTlsClients: 100,
  logins: 100,
};

/** A temporary folder for measurements, in memory if the system has such a file system. */
export class BenchFixture {
  /** The folder that the server serves. */
  readonly served: string;
  /** The folder for downloads. */
  readonly received: string;
  /** The folder of files to upload. */
  readonly sent: string;
  /** The data folder of a server. */
  readonly state: string;

  private constructor(readonly root: string, readonly scale: Scale) {
    this.served = join(root, "served");
    this.received = join(root, "received");
    this.sent = join(root, "sent");
    this.state = join(root, "state");
    for (const folder of [this.served, this.received, this.sent]) Deno.mkdirSync(folder);
  }

  /** Creates the folder; the caller has to `remove` it. */
  static create(scale: Scale): BenchFixture {
    const prefix = "tcp-chat-bench-";
    try {
      return new BenchFixture(Deno.makeTempDirSync({ dir: TMPFS, prefix }), scale);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return new BenchFixture(Deno.makeTempDirSync({ prefix }), scale);
    }
  }

  /** The location in words. */
  get description(): string {
    return this.root.startsWith(TMPFS)
      ? `in memory (${TMPFS})`
      : `on disk (there is no ${TMPFS}): the figures include the disk`;
  }

  /** Writes a file without repetition within a block, by default a served file. */
  addFile(name: string, sizeBytes: number, folder = this.served): void {
    const block = new Uint8Array(Math.min(sizeBytes, BLOCK_BYTES));
    for (let at = 0; at < block.length; at += 65_536) {
      crypto.getRandomValues(block.subarray(at, at + 65_536));
    }
    using file = Deno.openSync(join(folder, name), { write: true, create: true });
    for (let left = sizeBytes; left > 0; left -= block.length) {
      writeAll(file, block.subarray(0, Math.min(left, block.length)));
    }
  }

  /** Writes a folder of files as {@link addFile} does, by default a served folder. */
  addFiles(folder: string, count: number, sizeBytes: number, parent = this.served): void {
    Deno.mkdirSync(join(parent, folder));
    for (let i = 0; i < count; i++) {
      this.addFile(`small${i}.bin`, sizeBytes, join(parent, folder));
    }
  }

  /** Waits until a server keeps the hashes of the files added so far. */
  async waitUntilHashable(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, HASHABLE_AFTER_MS));
  }

  /** Creates a sparse file, by default a served file. */
  addSparseFile(name: string, sizeBytes: number, folder = this.served): void {
    using file = Deno.openSync(join(folder, name), { write: true, create: true });
    file.truncateSync(sizeBytes);
  }

  /** Another folder, which is created if it is missing: several measurements may need it. */
  addFolder(name: string): string {
    const folder = join(this.root, name);
    Deno.mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Deletes a file, by default a served file. */
  removeFile(name: string, folder = this.served): void {
    Deno.removeSync(join(folder, name));
  }

  /** Deletes everything. */
  remove(): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}

/** Removes a folder with all that is in it, if it is there. */
export function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Removes all that is in a folder, and makes it if it is missing. */
export function emptyFolder(path: string): void {
  removeFolder(path);
  Deno.mkdirSync(path, { recursive: true });
}

/** Writes all bytes. */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) offset += file.writeSync(bytes.subarray(offset));
}
