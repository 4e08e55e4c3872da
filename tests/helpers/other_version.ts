import { cpSync } from "node:fs";
import { join } from "@std/path";
import { type Command, programCommand } from "./program.ts";
import { ROOT } from "./source_files.ts";
import { TempDir } from "./temp_dir.ts";

/** What the server's program consists of. */
const PARTS = ["deno.json", "deno.lock", "lib", "server.ts"];

/** In a file: what each text becomes, which occurs once. */
export type Changes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The server's program of another version. Disposal removes it. */
export class OtherVersion implements Disposable {
  readonly #folder = new TempDir();

  /** Copies the program. @param changes by the path of a file */
  constructor(changes: Changes) {
    for (const part of PARTS) {
      cpSync(join(ROOT, part), this.#folder.join(part), { recursive: true });
    }
    for (const [file, replacements] of Object.entries(changes)) this.#change(file, replacements);
  }

  /** Runs it as the program of this version is run. */
  get command(): Command {
    const command = programCommand("server");
    return [command[0], ...command.slice(1, -1), this.#folder.join("server.ts")];
  }

  #change(file: string, replacements: Changes[string]): void {
    let text = Deno.readTextFileSync(this.#folder.join(file));
    for (const [from, to] of Object.entries(replacements)) {
      const count = text.split(from).length - 1;
      if (count !== 1) throw new Error(`${file} has ${JSON.stringify(from)} ${count} times`);
      text = text.replace(from, () => to);
    }
    Deno.writeTextFileSync(this.#folder.join(file), text);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}
