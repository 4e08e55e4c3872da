import { basename, relative, SEPARATOR } from "../../files/path.ts";
import { checkSumPlace, checkSumsApart, writeSumFile } from "../../files/sum_list.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { EXIT } from "../texts/failure.ts";
import type { TransferResult } from "../view/describe_result.ts";
import { ErrorOutput } from "../view/error_output.ts";
import type { ReportFormat } from "../view/reporter.ts";

/** That a list of sums is not written. */
export const SUMS_UNWRITTEN = {
  en: "{file} was not written: no file is verified",
  "pt-BR": "{file} não foi escrito: nenhum arquivo está verificado",
} as const satisfies Text;

/** Options of {@link recordSums}. */
export interface RecordSumsOptions {
  /** The file to write, for `--sums`. */
  readonly sums?: string | undefined;
  readonly format: ReportFormat;
  /** The path under which the list has a file. */
  readonly nameOf: (path: string, result: TransferResult) => string;
}

/** Names fetched files for {@link RecordSumsOptions}: as seen from the folder that they are in. */
export function namesFrom(directory: string): RecordSumsOptions["nameOf"] {
  return (_path, { file }) => relative(directory, file).replaceAll(SEPARATOR, "/");
}

/**
 * Runs a command that moves files, and writes the sums of those that are in place afterwards, also if others
 * have failed, or the command ends by an error or by Ctrl-C. Where none is, and not all is well, it says so: a list
 * of an earlier command stays.
 *
 * @param run gets the format to print by
 * @throws {DiskError} when the sums cannot be written; at once where that shows already
 */
export async function recordSums(
  options: RecordSumsOptions,
  run: (format: ReportFormat) => Promise<number>,
): Promise<number> {
  const sums = await RoundSums.start(options.sums);
  const ran = await run(formatWithSums(sums, options))
    .then((exitCode) => ({ exitCode }), (error) => ({ error }));
  const isDone = "exitCode" in ran && ran.exitCode === EXIT.done;
  const writing = sums.endRound(isDone);
  if ("error" in ran) {
    if (!await writing.catch(() => false)) await tellUnwritten(options);
    throw ran.error;
  }
  if (!await writing) await tellUnwritten(options);
  return ran.exitCode;
}

/** A format by which the sums of the files are recorded, too. */
export function formatWithSums(
  sums: RoundSums,
  { sums: file, format, nameOf }: RecordSumsOptions,
): ReportFormat {
  if (file === undefined) return format;
  return { ...format, onDone: (path, result) => sums.add(nameOf(path, result), result) };
}

async function tellUnwritten({ sums, format: { locale } }: RecordSumsOptions): Promise<void> {
  if (sums === undefined) return;
  const errors = new ErrorOutput(locale);
  errors.write(`tcp-chat: ${locale.fill(SUMS_UNWRITTEN, { file: cleanLine(sums) })}\n`);
  await errors.written();
}

/** The list of sums of a command, which may be repeated. */
export class RoundSums {
  readonly #file: string | undefined;
  /** That of the file behind the list, if that is a link. */
  readonly #nameKey: string;
  /** Of what is in the place of the list at the start: a link of another name may lead there. */
  readonly #sizeBytes: number | null;
  /** Files that the list might take the place of. */
  #alike: string[] = [];
  /** What the list has; `null` before it is written. */
  #listed: ReadonlyMap<string, string> | null = null;
  #round = new Map<string, string>();

  private constructor(file: string | undefined, place: string, sizeBytes: number | null) {
    this.#file = file;
    this.#nameKey = nameKey(place);
    this.#sizeBytes = sizeBytes;
  }

  /** @throws {DiskError} when the list, if there is to be one, cannot be written */
  static async start(file: string | undefined): Promise<RoundSums> {
    if (file === undefined) return new RoundSums(file, "", null);
    await checkSumPlace(file);
    const place = await Deno.realPath(file).catch(() => file);
    const sizeBytes = await Deno.stat(file).then(({ size }) => size, () => null);
    return new RoundSums(file, place, sizeBytes);
  }

  /** Adds a file of this round. */
  add(name: string, result: Pick<TransferResult, "file" | "sha256" | "sizeBytes">): void {
    if (this.#file === undefined) return;
    const { file, sha256, sizeBytes } = result;
    this.#round.set(name, sha256);
    const mayBeList = sizeBytes === this.#sizeBytes || nameKey(file) === this.#nameKey;
    if (mayBeList) this.#alike.push(file);
  }

  /**
   * Ends a round, and writes the list if it has changed.
   *
   * @param isWhole whether the round has told all that is in place; else what was listed before stays
   * @returns whether the list stands for what has been told so far: `false` if it was never written
   * @throws {DiskError} also if the list would take the place of one of the files: what is verified stays
   */
  async endRound(isWhole: boolean): Promise<boolean> {
    const round = this.#round;
    const alike = this.#alike;
    this.#round = new Map();
    this.#alike = [];
    if (this.#file === undefined) return true;
    await checkSumsApart(this.#file, alike);
    const listed = this.#listed ?? new Map<string, string>();
    const wanted = isWhole ? round : new Map([...listed, ...round]);
    const isWritten = this.#listed !== null;
    if (isSame(wanted, listed) && (isWritten || !isWhole)) return isWritten;
    await writeSumFile(this.#file, wanted);
    this.#listed = wanted;
    return true;
  }
}

/** The same for names that some system takes for one. */
function nameKey(path: string): string {
  return basename(path).normalize("NFC").toLowerCase();
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([path, sum]) => b.get(path) === sum);
}
