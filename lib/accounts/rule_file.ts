import { DiskError } from "../files/disk_error.ts";
import { type FileStamp, isSameStamp } from "../files/file_stamp.ts";
import { readConfigFile, statConfigFile } from "../files/config_file.ts";
import { LIMITS } from "../protocol/limits.ts";
import { RuleError } from "./rule_error.ts";
import { decodeRuleText } from "./rule_parser.ts";
import { RuleSet } from "./rule_set.ts";

/** The name of the rule file in the data folder. */
export const RULE_FILE_NAME = "rules";

/** The file is looked at no more often than this. */
const LOOK_MS = 1_000;

/** How a rule file is followed. */
export interface RuleFileOptions {
  /** Told of new rules. Must not throw. */
  readonly onReload?: (rules: RuleSet) => void;
  /** Told, once for each change, why the rules before it stay. Must not throw. */
  readonly onError?: (error: RuleError | DiskError) => void;
  /** Milliseconds that only rise. Default: those of `performance.now()`. */
  readonly now?: () => number;
}

/** The rules as they are now, which `current` looks at again. */
export type RuleSource = Pick<RuleFile, "rules" | "current">;

/**
 * The rule file, followed while the server runs. No timer runs: whoever needs the rules has the
 * file looked at, once a second at the most.
 *
 * - A file that is not there means that there are no rules. One that is there when the server
 *   starts, and cannot be read or understood, must stop it: what it was to protect would be open.
 * - A change counts when the file looks the same twice, so that nobody's half-written file is
 *   taken for a whole one: it holds after a second or two.
 * - Where the new text has a mistake, or the file cannot be read any more, the rules stay as they
 *   are.
 */
export class RuleFile {
  readonly #path: string;
  readonly #options: RuleFileOptions;
  readonly #now: () => number;
  #rules: RuleSet;
  /** Of the file that was read last, whatever came of it; `null` where there was none. */
  #read: FileStamp | null;
  /** Of the file when it was looked at last. */
  #seen: FileStamp | null;
  #lookedMs: number;
  #looking: Promise<void> | null = null;
  /** What was told last, until a look goes well. */
  #trouble = "";

  private constructor(
    path: string,
    options: RuleFileOptions,
    stamp: FileStamp | null,
    rules: RuleSet,
  ) {
    this.#path = path;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#rules = rules;
    this.#read = stamp;
    this.#seen = stamp;
    this.#lookedMs = this.#now();
  }

  /**
   * Reads the file at `path`, if there is one.
   *
   * @throws {RuleError} where it has a mistake
   * @throws {DiskError} where it cannot be read
   */
  static async open(path: string, options: RuleFileOptions = {}): Promise<RuleFile> {
    const stamp = await statConfigFile(path);
    return new RuleFile(path, options, stamp, await load(path, stamp));
  }

  /** The rules as they were when the file was looked at last. */
  get rules(): RuleSet {
    return this.#rules;
  }

  /** The rules, after a look at the file if the last one was a second ago. Never rejects. */
  async current(): Promise<RuleSet> {
    if (this.#now() - this.#lookedMs >= LOOK_MS) await this.#look(false);
    return this.#rules;
  }

  /** The rules, after reading the file if it is another one than before, at once. Never rejects. */
  async reload(): Promise<RuleSet> {
    while (this.#looking !== null) await this.#looking;
    await this.#look(true);
    return this.#rules;
  }

  /** All who ask meanwhile share one look. */
  #look(atOnce: boolean): Promise<void> {
    this.#looking ??= this.#follow(atOnce).finally(() => {
      this.#lookedMs = this.#now();
      this.#looking = null;
    });
    return this.#looking;
  }

  async #follow(atOnce: boolean): Promise<void> {
    try {
      const stamp = await statConfigFile(this.#path);
      const isSettled = atOnce || isSame(stamp, this.#seen);
      this.#seen = stamp;
      if (isSettled && !isSame(stamp, this.#read)) await this.#take(stamp);
      this.#trouble = "";
    } catch (error) {
      this.#report(error);
    }
  }

  /** Reads the file, unless it changes under that: then the next look goes on. */
  async #take(stamp: FileStamp | null): Promise<void> {
    const result = await load(this.#path, stamp).catch((error) => error);
    this.#seen = await statConfigFile(this.#path);
    if (!isSame(this.#seen, stamp)) return;
    if (result instanceof DiskError) throw result; // It is tried again
    this.#read = stamp;
    if (!(result instanceof RuleSet)) throw result;
    this.#rules = result;
    this.#options.onReload?.(result);
  }

  #report(error: unknown): void {
    if (!(error instanceof RuleError || error instanceof DiskError)) throw error;
    if (error.message === this.#trouble) return;
    this.#trouble = error.message;
    this.#options.onError?.(error);
  }
}

async function load(path: string, stamp: FileStamp | null): Promise<RuleSet> {
  if (stamp === null) return RuleSet.EMPTY;
  const bytes = await readConfigFile(path, LIMITS.ruleFileBytes);
  if (bytes.length > LIMITS.ruleFileBytes) {
    throw new RuleError("file-long", path, { line: 1, column: 1 });
  }
  return RuleSet.parse(decodeRuleText(bytes, path), path);
}

function isSame(a: FileStamp | null, b: FileStamp | null): boolean {
  return a === null || b === null ? a === b : isSameStamp(a, b);
}
