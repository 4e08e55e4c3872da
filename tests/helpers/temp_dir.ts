import { basename, dirname, join } from "@std/path";
import { existsSync } from "node:fs";
import { namesIn } from "./names_in.ts";

/** A temporary folder, which disposal removes with its content. */
export class TempDir implements Disposable {
  /** The real path of the folder. */
  readonly path: string;

  /** @param dir the parent folder; by default that of the system */
  constructor(dir?: string) {
    const options = { prefix: "tcp-chat-test-", ...(dir !== undefined && { dir }) };
    this.path = Deno.realPathSync(Deno.makeTempDirSync(options));
  }

  /** A folder in memory if the system has one, for thousands of files. */
  static inMemory(): TempDir {
    try {
      return new TempDir("/dev/shm");
    } catch {
      return new TempDir();
    }
  }

  /** A path in the folder, whether it exists or not. */
  join(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** Writes a file, creates its folders, and returns its path. */
  write(path: string, content: string | Uint8Array): string {
    const full = this.join(path);
    Deno.mkdirSync(dirname(full), { recursive: true });
    if (typeof content === "string") Deno.writeTextFileSync(full, content);
    else Deno.writeFileSync(full, content);
    return full;
  }

  /**
   * The names in the folder or a sub-folder, sorted; of a private folder, which may be missing, those
   * in it.
   */
  list(path = ""): string[] {
    if (basename(path) === ".tcp-chat" && !existsSync(this.join(path))) return [];
    return namesIn(this.join(path));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
