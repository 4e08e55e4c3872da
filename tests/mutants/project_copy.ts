import { join } from "@std/path";
import { NOT_RUN } from "../faults/main.ts";
import { ROOT } from "../helpers/source_files.ts";
import { type Mutant, mutate } from "./mutant.ts";

/** What neither the programs nor their tests need. */
const LEFT_OUT = [".git", "coverage", "dist", "client_downloads"];
/** Large and never written. */
const LINKED = ["server_files"];
/** A command that takes longer hangs: the defect is found. */
const TIMEOUT_MS = 60_000;

/** The outcome of a command. */
export interface CommandResult {
  readonly failed: boolean;
  /** Whether this machine cannot run the command. */
  readonly isNotRun: boolean;
  readonly isTimedOut: boolean;
  readonly seconds: number;
  /** Both standard streams. */
  readonly output: string;
}

/** A copy of the project in a temporary folder, which disposal removes. */
export class ProjectCopy implements Disposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "tcp-chat-mutants-" });

  constructor() {
    for (const { name } of Deno.readDirSync(ROOT)) {
      if (LEFT_OUT.includes(name)) continue;
      const [from, to] = [join(ROOT, name), join(this.#folder, name)];
      if (LINKED.includes(name)) Deno.symlinkSync(from, to);
      else copySync(from, to);
    }
  }

  /** Runs the killer of a mutant on the project with its defect. */
  async run(mutant: Mutant): Promise<CommandResult> {
    const path = join(this.#folder, mutant.file);
    const text = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, mutate(text, mutant));
    try {
      return await this.command(mutant.killer);
    } finally {
      Deno.writeTextFileSync(path, text);
    }
  }

  /** Runs `deno` in the copy. */
  async command(args: readonly string[]): Promise<CommandResult> {
    const startedMs = performance.now();
    const child = new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: this.#folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let isTimedOut = false;
    const timer = setTimeout(() => {
      isTimedOut = true;
      child.kill("SIGKILL");
    }, TIMEOUT_MS);
    const { code, stdout, stderr } = await child.output();
    clearTimeout(timer);
    const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
    const seconds = (performance.now() - startedMs) / 1000;
    const isNotRun = code === NOT_RUN;
    return { failed: code !== 0 && !isNotRun, isNotRun, isTimedOut, seconds, output };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

function copySync(from: string, to: string): void {
  if (!Deno.lstatSync(from).isDirectory) return Deno.copyFileSync(from, to);
  Deno.mkdirSync(to);
  for (const { name } of Deno.readDirSync(from)) copySync(join(from, name), join(to, name));
}
