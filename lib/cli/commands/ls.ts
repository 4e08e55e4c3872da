import { abortable } from "@std/async/abortable";
import { onAbort } from "../../async/on_abort.ts";
import { connect } from "../../client/connect.ts";
import { type ConnectOptions } from "../../client/connect_options.ts";
import type { ListedEntry, Omissions } from "../../protocol/answers.ts";
import { checkPath } from "../../protocol/path.ts";
import { RequestError } from "../../protocol/errors.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { formatDateTime } from "../view/format_time.ts";
import { ErrorOutput } from "../view/error_output.ts";
import { OmissionReport } from "../view/omission_report.ts";
import { tellFailure } from "../view/tell_failure.ts";
import { ResultOutput } from "../view/result_output.ts";
import { jsonLine } from "../view/json_line.ts";

/** Options of `ls`. */
export interface LsOptions {
  readonly connection: ConnectOptions;
  /** A file or a folder, `""` for the root. */
  readonly path: string;
  readonly recursive: boolean;
  /** With size and time. */
  readonly long: boolean;
  readonly json: boolean;
  readonly locale: Locale;
  readonly signal: AbortSignal;
}

/** Width of a size such as `999.9 MB`. */
const SIZE_WIDTH = 9;

/**
 * Prints the entries of a folder on the server, names what the server leaves out, and returns the exit
 * code.
 */
export async function ls(options: LsOptions): Promise<number> {
  const { connection, recursive, long, json, locale, signal } = options;
  const client = await connect(connection);
  onAbort(signal, () => client.close());
  const output = { results: new ResultOutput(), errors: new ErrorOutput(locale) };
  const print = (line: string) => output.results.write(`${line}\n`);
  const printJson = json ? (value: Record<string, unknown>) => print(jsonLine(value)) : null;
  const tell = (text: string) => output.errors.write(text);
  const omissions = new OmissionReport({ locale, printJson, tell });
  const onOmitted = async (omitted: Omissions) => {
    omissions.add(omitted);
    await output.results.room(signal);
  };
  try {
    for await (const entry of client.list(options.path, { recursive, onOmitted, signal })) {
      print(json ? toJson(entry) : describeEntry(entry, { long, locale }));
      await output.results.room(signal);
    }
    omissions.end();
    await abortable(output.results.written(), signal);
    await client.quit();
    return omissions.exitCode(EXIT.done);
  } catch (error) {
    await abortable(output.results.written(), signal).catch(() => {}); // What is right comes before the error
    if (!(error instanceof RequestError) || options.path === "") throw error;
    return await tellFailure(options.path, locale.failure(error), { json, output, signal });
  } finally {
    await output.errors.written();
    client.close();
    await client.closed;
  }
}

/**
 * The path of a folder as people type it: `/` and `.` are the root.
 *
 * @throws {RequestError} `bad-path`
 */
export function folderPath(text: string): string {
  const path = text.trim().replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
  return path === "" || path === "." ? "" : checkPath(path);
}

/** An entry on one line; folders end in `/`. */
export function describeEntry(
  { path, type, size, mtime }: ListedEntry,
  { long, locale }: { readonly long: boolean; readonly locale: Locale },
): DisplayText {
  const name = cleanLine(`${path}${type === "folder" ? "/" : ""}`);
  if (!long) return name;
  const shownSize = type === "folder" ? "" : locale.size(size);
  return cleanLine(`${shownSize.padStart(SIZE_WIDTH)}  ${formatDateTime(mtime)}  ${name}`);
}

function toJson({ path, type, size, mtime }: ListedEntry): string {
  return jsonLine({ event: "entry", path, type, size, mtime });
}
