import { Waker } from "../async/waker.ts";
import type { CatalogueRows } from "../files/catalogue_rows.ts";
import type { HeldFile, Holdings } from "../files/holdings.ts";
import type { ClusterLog } from "./cluster_log.ts";
import type { KnownCopies } from "./content_bus.ts";

/** Time between two looks at all files that are wrong. */
const LOOK_MS = 60_000;
/** Files that are looked at in one turn. */
const PAGE = 100;

/** What a {@link CopyMender} uses, and does not own. */
export interface CopyMenderOptions {
  /** The id of this server. */
  readonly serverId: string;
  readonly log: Pick<ClusterLog, "append">;
  readonly holdings: Holdings;
  readonly rows: CatalogueRows;
  readonly copies: KnownCopies;
  /** Puts right bytes in the place of a file; its own go to the trash then. @throws if that fails */
  readonly restore: (file: HeldFile, signal: AbortSignal) => Promise<void>;
  /** Called with a file whose bytes are right again. */
  readonly onMended: (file: HeldFile) => void;
  /** Called with a file whose bytes cannot be had, once until that changes. It is tried again at each look. */
  readonly onFailed: (file: HeldFile, error: unknown) => void;
  /** Time between two looks in milliseconds. Default: a minute. */
  readonly lookMs?: number;
}

/**
 * Sees to the files of this server whose bytes are wrong: tells the others that this copy is lost, and gets it anew.
 * A file stays where it is until then. What broke off goes on at the next look, also of another run.
 */
export class CopyMender {
  readonly #options: CopyMenderOptions;
  /** Paths of files that could not be mended. */
  #failed = new Set<string>();
  readonly #waker = new Waker();

  /** Does nothing before `run`. */
  constructor(options: CopyMenderOptions) {
    this.#options = options;
  }

  /** A file is wrong: it is looked at soon. */
  mendSoon(): void {
    this.#waker.wake();
  }

  /** Looks at all files that are wrong, again and again, until the signal fires. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { lookMs = LOOK_MS } = this.#options;
    while (!signal.aborted) {
      this.#waker.begin();
      await this.look(signal).catch(() => {}); // The database cannot be read: the next look may do better
      await this.#waker.pause(lookMs, signal);
    }
  }

  /** Looks at all files that are wrong once. */
  async look(signal: AbortSignal): Promise<void> {
    const { holdings } = this.#options;
    const failed = new Set<string>();
    for (let after: string | undefined = ""; after !== undefined && !signal.aborted;) {
      const page: HeldFile[] = holdings.wrong(after, PAGE);
      for (const file of page) {
        if (!await this.#mend(file, signal)) failed.add(file.path);
      }
      after = page.at(-1)?.path;
    }
    this.#failed = failed;
  }

  /** @returns whether the file is not wrong any more */
  async #mend(file: HeldFile, signal: AbortSignal): Promise<boolean> {
    const { holdings, rows, restore, onMended, onFailed } = this.#options;
    const { path, sha256 } = file;
    if (signal.aborted) return false;
    // The look at the served folder moves a file that the catalogue has not
    if (rows.find(path)?.sha256 !== sha256) return true;
    try {
      await this.#tell("lost", sha256);
      await restore(file, signal);
      onMended(file);
      await this.#tell("have", sha256);
      return true;
    } catch (error) {
      const isRight = holdings.find(path)?.isWrong !== true; // The copy may have come otherwise
      if (!isRight && !signal.aborted && !this.#failed.has(path)) onFailed(file, error);
      return isRight;
    }
  }

  /** Tells the others whether this server has a content, unless they know. */
  async #tell(kind: "have" | "lost", sha256: string): Promise<void> {
    const { serverId, log, holdings, copies } = this.#options;
    const isTold = copies.holdersOf(sha256).includes(serverId);
    const isHeld = holdings.withHash(sha256, 1).length > 0;
    if (isTold === isHeld || isHeld !== (kind === "have")) return;
    await log.append({ kind, contents: [sha256] });
  }
}
