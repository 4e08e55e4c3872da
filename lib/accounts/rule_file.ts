import { Listeners } from "../async/listeners.ts";
import { readConfigFile, statConfigFile } from "../files/config_file.ts";
import { DiskError } from "../files/disk_error.ts";
import { type FileStamp, isSameStamp } from "../files/file_stamp.ts";
import { LIMITS } from "../protocol/limits.ts";
import { RuleError } from "./rule_error.ts";
import { RuleSet } from "./rule_set.ts";

/** The name of the rule file in the data folder. */
export const RULE_FILE_NAME = "rules";

/** The shortest time between two checks of the file. */
const CHECK_MS = 1_000;

/** Options of a {@link RuleFile}. */
export interface RuleFileOptions {
  /** Called once for each change that cannot be used; the old rules stay. Must not throw. */
  readonly onError?: (error: RuleError | DiskError) => void;
  /** A monotonic clock in milliseconds. Default: `performance.now()`. */
  readonly now?: () => number;
}

interface LoadedRules {
  readonly rules: RuleSet;
  readonly text: string | null;
}

/** Read access to the rules of a {@link RuleFile}. */
export type RuleSource = Pick<RuleFile, "rules" | "current" | "reload">;

/**
 * The rule file, followed while the server runs. No timer runs: reading the rules checks the file,
 * at most once a second.
 *
 * - No file means no rules. A file that cannot be read or parsed at the start has to stop the
 *   server: the files it protects would be open.
 * - A change counts once two checks see the same file, so that a half-written file is not used: it
 *   holds after a second or two.
 * - If the new text has a mistake, or the file can no longer be read, the rules stay as they are.
 */
export class RuleFile {
  /** Where the file is, or would be. */
  readonly path: string;
  readonly #options: RuleFileOptions;
  readonly #now: () => number;
  #loaded: LoadedRules;
  readonly #listeners = new Listeners();
  /** The stamp of the file that was read last, even without success; `null` if there was none. */
  #readStamp: FileStamp | null;
  /** The stamp at the last check. */
  #seenStamp: FileStamp | null;
  #checkedMs: number;
  #checking: Promise<void> | null = null;
  /** The last reported message, until a check succeeds. */
  #reportedMessage = "";

  private constructor(
    path: string,
    options: RuleFileOptions,
    stamp: FileStamp | null,
    loaded: LoadedRules,
  ) {
    this.path = path;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#loaded = loaded;
    this.#readStamp = stamp;
    this.#seenStamp = stamp;
    this.#checkedMs = this.#now();
  }

  /**
   * Reads the file at `path`, if there is one.
   *
   * @throws {RuleError} if it has a mistake
   * @throws {DiskError} if it cannot be read
   */
  static async open(path: string, options: RuleFileOptions = {}): Promise<RuleFile> {
    const stamp = await statConfigFile(path);
    return new RuleFile(path, options, stamp, await load(path, stamp));
  }

  /** The rules as of the last check. */
  get rules(): RuleSet {
    return this.#loaded.rules;
  }

  /** The text of these rules; `null` if there was no file. */
  get text(): string | null {
    return this.#loaded.text;
  }

  /** Calls `listener` after each change of the rules. It must not throw. */
  onChange(listener: () => void): Disposable {
    return this.#listeners.add(listener);
  }

  /** The rules, after a check of the file if the last was at least a second ago. Never rejects. */
  async current(): Promise<RuleSet> {
    if (this.#now() - this.#checkedMs >= CHECK_MS) await this.#check(false);
    return this.rules;
  }

  /** The rules, after reading the file at once if it has changed. Never rejects. */
  async reload(): Promise<RuleSet> {
    while (this.#checking !== null) await this.#checking;
    await this.#check(true);
    return this.rules;
  }

  /** Concurrent callers share one check. */
  #check(atOnce: boolean): Promise<void> {
    this.#checking ??= this.#update(atOnce).finally(() => {
      this.#checkedMs = this.#now();
      this.#checking = null;
    });
    return this.#checking;
  }

  async #update(atOnce: boolean): Promise<void> {
    try {
      const stamp = await statConfigFile(this.path);
      const isStable = atOnce || isSame(stamp, this.#seenStamp);
      this.#seenStamp = stamp;
      if (isStable && !isSame(stamp, this.#readStamp)) await this.#replaceRules(stamp);
      this.#reportedMessage = "";
    } catch (error) {
      this.#report(error);
    }
  }

  /** Reads the file. If it changes during that, the next check reads it again. */
  async #replaceRules(stamp: FileStamp | null): Promise<void> {
    const result: LoadedRules | Error = await load(this.path, stamp).catch((error) => error);
    this.#seenStamp = await statConfigFile(this.path);
    if (!isSame(this.#seenStamp, stamp)) return;
    if (result instanceof DiskError) throw result; // The next check tries again
    this.#readStamp = stamp;
    if (result instanceof Error) throw result;
    this.#loaded = result;
    this.#listeners.tell();
  }

  #report(error: unknown): void {
    if (!(error instanceof RuleError || error instanceof DiskError)) throw error;
    if (error.message === this.#reportedMessage) return;
    this.#reportedMessage = error.message;
    this.#options.onError?.(error);
  }
}

async function load(path: string, stamp: FileStamp | null): Promise<LoadedRules> {
  if (stamp === null) return { rules: RuleSet.EMPTY, text: null };
  const bytes = await readConfigFile(path, LIMITS.ruleFileBytes);
  if (bytes.length > LIMITS.ruleFileBytes) {
    throw new RuleError("file-long", path, { line: 1, column: 1 });
  }
  const { decodeRuleText, parseRules } = await import("./rule_parser.ts"); // Many servers have no rules
  const text = decodeRuleText(bytes, path);
  return { rules: new RuleSet(parseRules(text, path)), text };
}

function isSame(a: FileStamp | null, b: FileStamp | null): boolean {
  return a === null || b === null ? a === b : isSameStamp(a, b);
}
