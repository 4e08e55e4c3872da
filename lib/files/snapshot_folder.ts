import { join } from "./path.ts";
import { readInto } from "./read_into.ts";
import { removeQuietly } from "./remove_quietly.ts";

/** The folder for snapshots in a data folder. */
const FOLDER = "snapshots";

/** The private folder of a server's snapshots, which holds nothing that has to last. */
export class SnapshotFolder {
  readonly #path: string;

  /** Makes the folder, and removes what is in it. @throws the system's error */
  constructor(dataFolder: string) {
    this.#path = join(dataFolder, FOLDER);
    Deno.mkdirSync(this.#path, { recursive: true, mode: 0o700 });
    for (const { name } of Deno.readDirSync(this.#path)) removeQuietly(join(this.#path, name));
  }

  /** The path of a file in it. */
  pathOf(name: string): string {
    return join(this.#path, name);
  }

  /** Removes a file, if it is there. */
  remove(name: string): void {
    removeQuietly(this.pathOf(name));
  }

  /** Reads bytes of a file; fewer at its end. @throws the system's error */
  async read(name: string, at: number, bytes: number): Promise<Uint8Array> {
    using file = await Deno.open(this.pathOf(name));
    await file.seek(at, Deno.SeekMode.Start);
    return await readInto(file, new Uint8Array(bytes));
  }
}
