import { patternedBytes } from "./bytes.ts";
import { DEADLINE_MS } from "./deadline.ts";
import { Program } from "./program.ts";
import { TempDir } from "./temp_dir.ts";

/** A transfer takes a second: its server may go meanwhile. */
const BYTES = 2 * 1024 * 1024;
const SLOW = ["--bwlimit", "2M"];
/** A server that is halted answers an upload after 10 s. */
const LONGEST_MS = 4 * DEADLINE_MS;

/** Uploads file after file with the real program, and downloads the first one between them, until it is told to end. */
export class SteadyTransfers implements AsyncDisposable {
  /** The contents of the files that were uploaded, by path. */
  readonly uploads = new Map<string, Uint8Array>();
  /** What has not succeeded. */
  readonly failures: string[] = [];
  readonly #folder = new TempDir();
  readonly #name: string;
  readonly #host: string;
  readonly #run: Promise<void>;
  #program: Program | null = null;
  #isOver = false;

  /**
   * @param name of the files, and of no other client's
   * @param ports of all servers, of which the first that is there is taken
   */
  constructor(name: string, ports: readonly number[]) {
    this.#name = name;
    this.#host = ports.map((port) => `127.0.0.1:${port}`).join(",");
    this.#run = this.#loop();
  }

  /** Resolves once the transfer under way has ended, and begins no other. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#program?.[Symbol.asyncDispose]();
    await this.#run;
    this.#folder[Symbol.dispose]();
  }

  async #loop(): Promise<void> {
    for (let number = 1; !this.#isOver; number++) {
      const path = this.#pathOf(number);
      const content = patternedBytes(BYTES, number);
      this.#folder.write(path, content);
      if (!await this.#transfer("put", path)) continue;
      this.uploads.set(path, content);
      // A server that is halted does not know the later ones
      if (!this.#isOver) await this.#transfer("get", this.#pathOf(1), "-o", `got-${number}`);
    }
  }

  #pathOf(number: number): string {
    return `${this.#name}-${number}.bin`;
  }

  /** Whether it has succeeded. */
  async #transfer(command: string, ...args: string[]): Promise<boolean> {
    const all = [command, this.#host, ...args, ...SLOW];
    await using program = new Program("client", all, { cwd: this.#folder.path });
    this.#program = program;
    const { stdout, stderr } = program;
    const code = await program.exitCode(LONGEST_MS).catch(String);
    const isDone = code === 0 && stdout.text.includes("SHA-256 verified");
    if (!isDone) this.failures.push(`${all.join(" ")}: ${code} ${stdout.text} ${stderr.text}`);
    return isDone;
  }
}
