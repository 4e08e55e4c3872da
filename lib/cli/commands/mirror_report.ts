import type { Text } from "../../protocol/fill_text.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";
import { ErrorOutput } from "../view/error_output.ts";
import { jsonLine } from "../view/json_line.ts";
import type { ReportFormat } from "../view/reporter.ts";
import { ResultOutput } from "../view/result_output.ts";

/** Why a mirror deletes nothing. */
export interface MirrorRefusal {
  /** `answer`: to the question; the others need none. */
  readonly reason: "not-whole" | "link" | "too-many" | "unasked" | "answer";
  /** Files that it would delete, where they were looked for. */
  readonly count?: number;
  /** All files that are here. */
  readonly total?: number;
  readonly text: DisplayText;
}

/** Told of what a mirror does. */
export interface MirrorReport {
  /** Nothing is deleted. */
  refuse(refusal: MirrorRefusal): void;
  /** A file, or the folder that it has left empty, is deleted. */
  onDeleted(file: string, path: string, isFolder: boolean): void;
  /** So many files are deleted, and that is all. */
  sum(count: number): void;
}

const TEXTS = {
  deleted: { en: "{file}: deleted", "pt-BR": "{file}: apagado" },
  deletedCount: {
    en: "{count|# file was|# files were} deleted",
    "pt-BR": "{count|# arquivo foi apagado|# arquivos foram apagados}",
  },
} as const satisfies Record<string, Text>;

/** That a file is deleted. */
export function describeDeleted(file: string, { fill }: Locale): DisplayText {
  return fill(TEXTS.deleted, { file: cleanLine(file) });
}

/** That so many files are deleted. */
export function describeDeletedCount(count: number, { fill }: Locale): DisplayText {
  return fill(TEXTS.deletedCount, { count });
}

/** Prints what a mirror does. */
export class PrintedMirror implements MirrorReport {
  readonly #format: ReportFormat;
  readonly #results = new ResultOutput();
  readonly #errors: ErrorOutput;

  /** Prints nothing yet. */
  constructor(format: ReportFormat) {
    this.#format = format;
    this.#errors = new ErrorOutput(format.locale);
  }

  refuse({ text, ...refusal }: MirrorRefusal): void {
    if (this.#format.json) this.#json({ event: "not-deleted", ...refusal });
    this.#errors.write(`tcp-chat: ${text}\n`);
  }

  onDeleted(file: string, path: string, isFolder: boolean): void {
    const { json, quiet, locale } = this.#format;
    const type = isFolder ? "folder" : "file";
    if (json) this.#json({ event: "deleted", path, file, type });
    else if (!quiet && !isFolder) this.#results.write(`${describeDeleted(file, locale)}\n`);
  }

  sum(count: number): void {
    const { json, quiet, locale } = this.#format;
    if (!json && !quiet) this.#errors.write(`${describeDeletedCount(count, locale)}\n`);
  }

  /** Resolves when all is printed. */
  async printed(signal: AbortSignal): Promise<void> {
    await this.#results.written(signal).finally(() => this.#errors.written());
  }

  #json(value: Record<string, unknown>): void {
    this.#results.write(`${jsonLine(value)}\n`);
  }
}
