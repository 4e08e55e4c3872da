import { dirname, join } from "@std/path";

/** A temporary folder that is removed, with all that is in it, when it is disposed of. */
export class TempDir implements Disposable {
  /** The real path of the folder. */
  readonly path: string;

  /** @param dir where to make it; by default where the system has temporary files */
  constructor(dir?: string) {
    const options = { prefix: "tcp-chat-test-", ...(dir !== undefined && { dir }) };
    this.path = Deno.realPathSync(Deno.makeTempDirSync(options));
  }

  /** In memory, where the system offers that: for thousands of files. */
  static inMemory(): TempDir {
    try {
      return new TempDir("/dev/shm");
    } catch {
      return new TempDir();
    }
  }

  /** The path of something in the folder, which need not be there. */
  join(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** Writes a file and the folders that it needs, and returns its path. */
  write(path: string, content: string | Uint8Array): string {
    const full = this.join(path);
    Deno.mkdirSync(dirname(full), { recursive: true });
    if (typeof content === "string") Deno.writeTextFileSync(full, content);
    else Deno.writeFileSync(full, content);
    return full;
  }

  /** The names in the folder, or in one below it, sorted. */
  list(path = ""): string[] {
    return [...Deno.readDirSync(this.join(path))].map(({ name }) => name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
