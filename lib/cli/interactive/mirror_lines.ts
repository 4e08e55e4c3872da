import {
  describeDeleted,
  describeDeletedCount,
  type MirrorRefusal,
  type MirrorReport,
} from "../commands/mirror_report.ts";
import type { LineInput } from "../terminal/line_input.ts";
import type { Locale } from "../texts/locale.ts";

/** Prints what a mirror does between the lines of the chat. */
export class MirrorLines implements MirrorReport {
  readonly #input: Pick<LineInput, "print">;
  readonly #locale: Locale;

  /** Owns neither. */
  constructor(
    { input, locale }: { readonly input: Pick<LineInput, "print">; readonly locale: Locale },
  ) {
    this.#input = input;
    this.#locale = locale;
  }

  refuse({ text }: MirrorRefusal): void {
    this.#input.print(text);
  }

  onDeleted(file: string, _path: string, isFolder: boolean): void {
    if (!isFolder) this.#input.print(describeDeleted(file, this.#locale));
  }

  sum(count: number): void {
    this.#input.print(describeDeletedCount(count, this.#locale));
  }
}
