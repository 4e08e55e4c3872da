import { assertEquals } from "@std/assert";
import { Program, programCommand } from "./program.ts";
import { TempDir } from "./temp_dir.ts";

/** A shell in which completions are tried, and how it starts. */
export interface ShellUnderTest {
  readonly name: "bash" | "zsh" | "fish";
  readonly args: readonly string[];
  /** Sets the prompt, and loads the completions as docs/client.md says. */
  readonly setUp: string;
}

/** The shells whose completions are tested in a terminal. */
export const SHELLS_UNDER_TEST: readonly ShellUnderTest[] = [
  {
    name: "bash",
    args: ["--norc", "--noprofile", "-i"],
    setUp: "PS1='rea''dy> '; source <(tcp-chat completions bash)\r",
  },
  {
    name: "zsh",
    args: ["-f", "-i"],
    setUp:
      "PS1='rea''dy> '; autoload -Uz compinit; compinit -u -D; source <(tcp-chat completions zsh)\r",
  },
  {
    name: "fish",
    args: ["--no-config", "-i"],
    setUp: "function fish_prompt; echo -n 'rea''dy> '; end; tcp-chat completions fish | source\r",
  },
];

/**
 * The options of a test that needs a program of the system. In CI it fails where the program is
 * missing; elsewhere it is ignored, and its name says what to install.
 */
export function needing(program: string): { readonly ignore: boolean } {
  const isMissing = !isInstalled(program);
  if (isMissing) console.warn(`To run all tests: apt-get install ${program}`);
  return { ignore: isMissing && Deno.env.get("CI") === undefined };
}

function isInstalled(program: string): boolean {
  try {
    return Deno.statSync(`/usr/bin/${program}`).isFile;
  } catch {
    return false;
  }
}

/**
 * A shell at a terminal, with its completions loaded and a program `tcp-chat` that completes for real
 * and otherwise only keeps its arguments. Disposal ends the shell.
 */
export class ShellSession implements AsyncDisposable {
  /** The folder in which the shell works: a name that ran would leave a file here. */
  readonly folder: string;
  readonly #temp: TempDir;
  readonly #program: Program;
  #runs = 0;

  private constructor(temp: TempDir, program: Program) {
    this.#temp = temp;
    this.#program = program;
    this.folder = temp.join("work");
  }

  /** Starts the shell and waits until it has loaded the script. */
  static async start(shell: ShellUnderTest): Promise<ShellSession> {
    const temp = new TempDir();
    for (const name of ["work", "bin", "runs"]) Deno.mkdirSync(temp.join(name));
    const [program, ...args] = programCommand("client");
    const start = [program, ...args].map((word) => `'${word}'`).join(" ");
    const wrapper = `#!/bin/sh
case $1 in __complete | completions) exec ${start} "$@" ;; esac
run=$(ls '${temp.join("runs")}' | wc -l)
for word; do printf '%s\\0' "$word"; done >'${temp.join("runs")}'/$run
echo ran-$run-
`;
    Deno.writeTextFileSync(temp.join("bin/tcp-chat"), wrapper, { mode: 0o755 });
    const command = [`/usr/bin/${shell.name}`, ...shell.args].join(" ");
    const env = {
      PATH: `${temp.join("bin")}:${Deno.env.get("PATH")}`,
      HOME: temp.path,
      XDG_STATE_HOME: temp.join("state"),
      XDG_CONFIG_HOME: temp.join("config"),
      DENO_DIR: denoDir(),
      TERM: "xterm",
      LANG: "C.UTF-8",
      INPUTRC: "/dev/null",
      HISTFILE: "/dev/null",
    };
    const line = `stty cols 200 rows 50; exec ${command}`;
    const child = new Program(["script", "-qfec", line, "/dev/null"], [], {
      env,
      cwd: temp.join("work"),
    });
    await child.write(shell.setUp);
    await child.stdout.waitFor("ready> ");
    return new ShellSession(temp, child);
  }

  /** Types keys up to Enter, and returns the arguments that `tcp-chat` is run with. */
  async run(keys: string): Promise<string[]> {
    const run = this.#runs++;
    await this.#program.write(`${keys}\r`);
    await this.#program.stdout.waitFor(`ran-${run}-`);
    return Deno.readTextFileSync(this.#temp.join(`runs/${run}`)).split("\0").slice(0, -1);
  }

  /** Types keys, waits for a text, and clears the line. */
  async show(keys: string, text: string): Promise<void> {
    await this.#program.write(keys);
    await this.#program.stdout.waitFor(text);
    await this.#program.write("\x15");
  }

  /** Fails if anything was made in the folder. */
  assertNothingRan(): void {
    assertEquals([...Deno.readDirSync(this.folder)].map(({ name }) => name), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A shell that is killed may still write while its folder is removed
    await this.#program.write("\x15exit\r").then(() => this.#program.exitCode()).catch(() => {});
    await this.#program[Symbol.asyncDispose]();
    this.#temp[Symbol.dispose]();
  }
}

/** Where this Deno keeps its libraries, which a shell with a home of its own would not find. */
function denoDir(): string {
  return Deno.env.get("DENO_DIR") ??
    `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;
}
