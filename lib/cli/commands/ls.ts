import type { ListedEntry, Omissions } from "../../protocol/answers.ts";
import { RequestError } from "../../protocol/errors.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { formatDateTime } from "../view/format_time.ts";
import { OmissionReport } from "../view/omission_report.ts";
import { tellFailure } from "../view/tell_failure.ts";
import { jsonLine } from "../view/json_line.ts";
import { type RequestCommandOptions, withClient } from "./with_client.ts";

/** Options of `ls`. */
export interface LsOptions extends RequestCommandOptions {
  /** A file or a folder, `""` for the root. */
  readonly path: string;
  readonly recursive: boolean;
  /** With size and time. */
  readonly long: boolean;
}

/** Width of a size such as `999.9 MB`. */
const SIZE_WIDTH = 9;

/**
 * Prints the entries of a folder on the server, names what the server leaves out, and returns the exit
 * code.
 */
export async function ls(options: LsOptions): Promise<number> {
  const { path, recursive, long, json, locale, signal } = options;
  return await withClient(options, async (client, output) => {
    const { results, errors } = output;
    const print = (line: string) => results.write(`${line}\n`);
    const printJson = json ? (value: Record<string, unknown>) => print(jsonLine(value)) : null;
    const tell = (text: string) => errors.write(text);
    const omissions = new OmissionReport({ locale, printJson, tell });
    const onOmitted = async (omitted: Omissions) => {
      omissions.add(omitted);
      await results.room(signal);
    };
    try {
      for await (const entry of client.list(path, { recursive, onOmitted, signal })) {
        print(json ? toJson(entry) : describeEntry(entry, { long, locale }));
        await results.room(signal);
      }
    } catch (error) {
      if (!(error instanceof RequestError) || path === "") throw error;
      return await tellFailure(path, locale.failure(error), { json, output, signal });
    }
    omissions.end();
    return omissions.exitCode(EXIT.done);
  });
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

function toJson({ path, type, size, mtime, exec }: ListedEntry): string {
  return jsonLine({ event: "entry", path, type, size, mtime, exec });
}
