import type { Omissions } from "../../protocol/answers.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { describeOmission } from "./omission_text.ts";

/** How {@link OmissionReport} prints. */
export interface OmissionFormat {
  readonly locale: Locale;
  /** Prints an object of `--json`; `null` without `--json`. */
  readonly printJson: ((value: Record<string, unknown>) => void) | null;
  /** Prints a text for people. Must not block: names come while a connection is open. */
  readonly tell: (text: string) => void;
}

/** Names and counts what one command leaves out. */
export class OmissionReport {
  readonly #format: OmissionFormat;
  readonly #named = new Set<string>();
  #count = 0;
  /** What was named in the round before, and how much it left out. */
  readonly #before: { readonly named: ReadonlySet<string>; readonly count: number };
  #isNews = false;

  /**
   * Prints nothing before the first omission.
   *
   * @param before that of the round before, if any: what it has told is not told again
   */
  constructor(format: OmissionFormat, before?: OmissionReport) {
    this.#format = format;
    this.#before = before === undefined
      ? { named: new Set(), count: 0 }
      : { named: before.#named, count: before.#count };
  }

  /** How much is left out so far. */
  get count(): number {
    return this.#count;
  }

  /** Names what is left out. What is named twice is counted once. */
  add({ count, paths }: Omissions): void {
    this.#count += count - paths.length;
    for (const omitted of paths) {
      const { path, reason } = omitted;
      if (this.#named.has(path)) continue;
      this.#named.add(path);
      this.#count++;
      if (this.#before.named.has(path)) continue;
      this.#isNews = true;
      this.#format.printJson?.({ event: "omitted", path, reason });
      this.#format.tell(`${describeOmission(omitted, this.#format.locale)}\n`);
    }
  }

  /** Prints the count, unless nothing is left out, or what was told before. */
  end(): void {
    const count = this.#count;
    if (count === 0 || (count === this.#before.count && !this.#isNews)) return;
    this.#format.tell(`${this.#format.locale.t("leftOutCount", { count })}\n`);
    this.#format.printJson?.({ event: "omissions", count });
  }

  /** The exit code of the command, where that of the rest is `exitCode`. */
  exitCode(exitCode: number): number {
    return exitCode === EXIT.done && this.#count > 0 ? EXIT.incomplete : exitCode;
  }
}
