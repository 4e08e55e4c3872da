import { join } from "@std/path";

const TMPFS = "/dev/shm";
const BLOCK_BYTES = 1024 * 1024;
/** A server keeps no hash of a file that was written less than 2 s before. */
const SETTLE_MS = 2_200;

/** 1 MiB in units of bytes. */
export const MIB = 1024 * 1024;

/** How much to measure. */
export interface Scale {
  /** Bytes of the large file. */
  readonly largeBytes: number;
  /** Bytes of the huge file, for memory. */
  readonly hugeBytes: number;
  /** How often a measurement is repeated; the median counts. */
  readonly rounds: number;
  readonly smallFiles: number;
  /** Small files that the programs move. */
  readonly manyFiles: number;
  readonly idleClients: number;
  readonly chatClients: number;
  /** Messages that are sent one by one, and bursts of them. */
  readonly chatMessages: number;
  readonly chatBursts: number;
  /** Messages whose way is timed beside a download. */
  readonly timedMessages: number;
  /** Of the measurements of one room: its clients, how long it is talked in, and clients in bursts. */
  readonly roomClients: number;
  readonly roomSeconds: number;
  readonly burstClients: number;
  /** Clients that all come back at once. */
  readonly returningClients: number;
  /** Messages of each of some senders that are counted when they are stored. */
  readonly storedMessages: number;
  /** Messages that a room has when somebody joins it. */
  readonly oldMessages: number;
  readonly idleTlsClients: number;
  readonly logins: number;
}

/** What the goals speak of. */
export const FULL_SCALE: Scale = {
  largeBytes: 1024 * MIB,
  hugeBytes: 4096 * MIB,
  rounds: 3,
  smallFiles: 1_000,
  manyFiles: 10_000,
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
  idleTlsClients: 5_000,
  logins: 2_000,
};

/** Enough to see whether everything works. */
export const QUICK_SCALE: Scale = {
  largeBytes: 128 * MIB,
  hugeBytes: 256 * MIB,
  rounds: 1,
  smallFiles: 200,
  manyFiles: 500,
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
  idleTlsClients: 100,
  logins: 100,
};

/** A temporary folder to measure in, in memory where the system has such a file system. */
export class BenchFixture {
  /** What the server serves. */
  readonly served: string;
  /** Where clients put files. */
  readonly received: string;
  /** What clients send. */
  readonly sent: string;
  /** For the state of a server. */
  readonly state: string;

  private constructor(readonly root: string, readonly scale: Scale) {
    this.served = join(root, "served");
    this.received = join(root, "received");
    this.sent = join(root, "sent");
    this.state = join(root, "state");
    for (const folder of [this.served, this.received, this.sent]) Deno.mkdirSync(folder);
  }

  /** Makes the folder; `remove` it. */
  static create(scale: Scale): BenchFixture {
    const prefix = "tcp-chat-bench-";
    try {
      return new BenchFixture(Deno.makeTempDirSync({ dir: TMPFS, prefix }), scale);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return new BenchFixture(Deno.makeTempDirSync({ prefix }), scale);
    }
  }

  /** Where it lies, in words. */
  get description(): string {
    return this.root.startsWith(TMPFS)
      ? `in memory (${TMPFS})`
      : `on disk (there is no ${TMPFS}): the figures tell of the disk too`;
  }

  /** Writes a file of bytes that do not repeat within a block, by default a served one. */
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

  /** Waits until a server will keep the hashes of the files that were added. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }

  /** Makes a file that is all holes, by default a served one: it takes no room. */
  addSparseFile(name: string, sizeBytes: number, folder = this.served): void {
    using file = Deno.openSync(join(folder, name), { write: true, create: true });
    file.truncateSync(sizeBytes);
  }

  /** Makes a folder for something else. */
  addFolder(name: string): string {
    const folder = join(this.root, name);
    Deno.mkdirSync(folder);
    return folder;
  }

  /** Deletes a file, by default a served one. */
  removeFile(name: string, folder = this.served): void {
    Deno.removeSync(join(folder, name));
  }

  /** Deletes everything. */
  remove(): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}

/** Writes all of `bytes`. */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) offset += file.writeSync(bytes.subarray(offset));
}
