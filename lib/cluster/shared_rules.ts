import type { RuleFile } from "../accounts/rule_file.ts";
import { parseRules } from "../accounts/rule_parser.ts";
import { replaceConfigFile } from "../files/config_file.ts";
import { messageOf } from "../protocol/errors.ts";
import type { ClusterLog } from "./cluster_log.ts";
import { splitRules } from "./rule_parts.ts";
import type { RuleRows } from "./rule_rows.ts";

/** Pause before what has failed is tried again. */
const RETRY_MS = 5_000;

/** What {@link SharedRules} use, and do not own. */
export interface SharedRulesOptions {
  readonly file: Pick<RuleFile, "path" | "text" | "reload" | "onChange">;
  readonly rows: Pick<RuleRows, "shared" | "isChange" | "beginWriting" | "setSame">;
  readonly log: Pick<ClusterLog, "append" | "on">;
  /** Called once for each error in a row; what has failed is tried again. Must not throw. */
  readonly onError: (error: unknown) => void;
  /** Pause before what has failed is tried again, in milliseconds. Default 5,000. */
  readonly retryMs?: number;
}

/** The rules of folders of a server. */
export interface OwnRules {
  /** Their text, and that of the rules of the log; `null` where there are none. */
  readonly own: string | null;
  readonly shared: string | null;
  /** Whether an operator has changed `own` since the server had the rules of the log. */
  readonly isChanged: boolean;
}

/**
 * What a server does about its rules. Those that an operator has changed are for all. A server that never had
 * those of the log takes them: a new one changes the rights of no client. A file that is removed is written again:
 * losing one opens no folder.
 */
export function judgeRules({ own, shared, isChanged }: OwnRules): "same" | "append" | "write" {
  if (own === shared) return "same";
  if (shared === null) return "append";
  return own !== null && isChanged ? "append" : "write";
}

/**
 * Keeps the rules of folders the same on all servers of a cluster: appends those of the file when an operator has
 * changed it, and writes those that the log has into the file, whose former content is `rules.old` then. The
 * last ones in the log hold. Disposal ends that.
 */
export class SharedRules implements Disposable {
  readonly #options: SharedRulesOptions;
  readonly #following = new DisposableStack();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStale = false;
  #isRunning = false;
  /** The last reported message, until all is well. */
  #reportedMessage = "";

  /** Does nothing before {@link begin}. */
  constructor(options: SharedRulesOptions) {
    this.#options = options;
    this.#following.defer(() => clearTimeout(this.#timer));
  }

  /**
   * Follows the file and the log, from when the rules that are in the log are in the file.
   *
   * @throws {RuleError} if a newer program has made them, {DiskError}; the caller disposes of this
   */
  async begin(): Promise<void> {
    const { file, log } = this.#options;
    if (this.#judge() === "write") await this.#write();
    this.#following.use(file.onChange(() => this.#update()));
    for (const kind of ["rules", "rulepart"] as const) {
      this.#following.use(log.on(kind, () => this.#update()));
    }
    this.#update();
  }

  [Symbol.dispose](): void {
    this.#following[Symbol.dispose]();
  }

  /** Makes one step at a time, until there is nothing new. */
  async #update(): Promise<void> {
    this.#isStale = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#isStale && !this.#following.disposed) {
      this.#isStale = false;
      await this.#try();
    }
    this.#isRunning = false;
  }

  async #try(): Promise<void> {
    try {
      await this.#step();
      this.#reportedMessage = "";
    } catch (error) {
      if (this.#following.disposed) return;
      this.#report(error);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#update(), this.#options.retryMs ?? RETRY_MS);
    }
  }

  async #step(): Promise<void> {
    const { file: { text }, log, rows } = this.#options;
    const verdict = this.#judge();
    if (verdict === "write") await this.#write();
    else if (text === null) return;
    else if (verdict === "same") rows.setSame(text);
    else await Promise.all(splitRules(text).map((entry) => log.append(entry)));
  }

  #judge(): ReturnType<typeof judgeRules> {
    const { file: { text: own }, rows } = this.#options;
    return judgeRules({ own, shared: rows.shared, isChanged: own !== null && rows.isChange(own) });
  }

  /** The former file stays beside the new one; there is one all the time. */
  async #write(): Promise<void> {
    const { file, rows } = this.#options;
    const text = rows.shared;
    if (text === null) return;
    const { path } = file;
    parseRules(text, path); // Throws before anything is replaced
    rows.beginWriting(text, file.text);
    await replaceConfigFile(path, text);
    await file.reload();
  }

  #report(error: unknown): void {
    const message = messageOf(error);
    if (message === this.#reportedMessage) return;
    this.#reportedMessage = message;
    this.#options.onError(error);
  }
}
