import { join } from "@std/path";
import { Prng } from "../helpers/prng.ts";
import type { Kind, Stage } from "./kind.ts";
import { PayloadMaker } from "./payload.ts";
import { Tally } from "./tally.ts";

/** The run ends after this number of failures. */
const MAX_FAILURES = 10;

/** Options of {@link runKind}. */
export interface RunOptions {
  /** The source of all random choices. */
  readonly seed: number;
  readonly cycles: number;
  /** The run ends with the cycle in which so many seconds are over. Default: no end. */
  readonly seconds?: number;
  /** The number of the first cycle, to repeat a later one alone. */
  readonly firstCycle: number;
  /** Whether folders of many small files are moved. Default: `false`. */
  readonly small?: boolean;
  /** Folder for the files of all cycles; those of failed cycles are kept. */
  readonly folder: string;
  /** Called after every cycle. */
  readonly onCycle: (tally: Tally) => void;
}

/** Runs the cycles of one kind, and counts their outcomes. Never throws. */
export async function runKind(kind: Kind, options: RunOptions): Promise<Tally> {
  const run = new KindRun(kind, options);
  const startedMs = performance.now();
  await run.all();
  run.tally.seconds = (performance.now() - startedMs) / 1000;
  run.tally.finish();
  return run.tally;
}

class KindRun {
  readonly tally: Tally;
  readonly #kind: Kind;
  readonly #options: RunOptions;
  readonly #maker: PayloadMaker;
  #stage: Stage | null = null;
  #stages = 0;

  constructor(kind: Kind, options: RunOptions) {
    this.tally = new Tally(kind);
    this.#kind = kind;
    this.#options = options;
    this.#maker = new PayloadMaker(String(options.seed), options.small);
  }

  async all(): Promise<void> {
    const { firstCycle, cycles, seconds = Infinity, onCycle } = this.#options;
    const endMs = performance.now() + seconds * 1_000;
    for (let cycle = firstCycle; cycle < firstCycle + cycles; cycle++) {
      if (performance.now() >= endMs) break;
      await this.#runCycle(cycle);
      if (this.tally.notRun !== null) return;
      onCycle(this.tally);
      if (this.tally.failures.length >= MAX_FAILURES) break;
    }
    await this.#end({ keep: false });
  }

  async #runCycle(cycle: number): Promise<void> {
    const { seed, small = false } = this.#options;
    const { name } = this.#kind;
    try {
      this.#stage ??= await this.#open();
      if (this.#stage === null) return;
      this.tally.add(await this.#stage.cycle(new Prng(`${seed} ${name} ${cycle}`)));
    } catch (error) {
      const reason = error instanceof Error ? error.stack ?? error.message : String(error);
      const command = `--seed ${seed} --only ${name} --from ${cycle} --cycles 1${
        small ? " --small" : ""
      }`;
      this.tally.fail(`${name}, cycle ${cycle} (${command}), in ${this.#folder}:\n${reason}`);
      await this.#end({ keep: true }); // The next cycle gets a new folder
    }
  }

  get #folder(): string {
    return join(this.#options.folder, `${this.#kind.name}-${this.#stages}`);
  }

  async #open(): Promise<Stage | null> {
    this.#stages++;
    Deno.mkdirSync(this.#folder, { recursive: true });
    const prng = new Prng(`${this.#options.seed} ${this.#kind.name}`);
    const stage = await this.#kind.open({ folder: this.#folder, maker: this.#maker, prng });
    if (typeof stage !== "string") return stage;
    this.tally.notRun = stage;
    return null;
  }

  async #end({ keep }: { readonly keep: boolean }): Promise<void> {
    await this.#stage?.[Symbol.asyncDispose]();
    if (!keep && this.#stage !== null) Deno.removeSync(this.#folder, { recursive: true });
    this.#stage = null;
  }
}
