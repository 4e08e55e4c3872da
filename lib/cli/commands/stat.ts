import { abortable } from "@std/async/abortable";
import { onAbort } from "../../async/on_abort.ts";
import { connect } from "../../client/connect.ts";
import { type ConnectOptions } from "../../client/connect_options.ts";
import type { PathStatus } from "../../protocol/answers.ts";
import { checkPath } from "../../protocol/path.ts";
import { cleanLine } from "../../protocol/text.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { formatDateTime } from "../view/format_time.ts";
import { ErrorOutput } from "../view/error_output.ts";
import { ResultOutput } from "../view/result_output.ts";
import { type CommandOutput, tellFailure } from "../view/tell_failure.ts";
import { jsonLine } from "../view/json_line.ts";

/** Options of `stat`. */
export interface StatOptions {
  readonly connection: ConnectOptions;
  readonly paths: readonly string[];
  readonly json: boolean;
  readonly locale: Locale;
  readonly signal: AbortSignal;
}

/** Prints type, size, time and hash of paths, and returns the exit code of the first failure. */
export async function stat(options: StatOptions): Promise<number> {
  const { connection, paths, json, locale, signal } = options;
  const client = await connect(connection);
  onAbort(signal, () => client.close());
  const output: CommandOutput = { results: new ResultOutput(), errors: new ErrorOutput(locale) };
  const { results, errors } = output;
  const look = async (path: string) => await client.stat(checkPath(path.trim()), { signal });
  let exitCode: number = EXIT.done;
  const asFailure = (error: unknown) => {
    if (client.isClosed) throw error;
    return locale.failure(error);
  };
  try {
    for (const path of paths) {
      const status = await look(path).catch(asFailure);
      if ("exitCode" in status) {
        const failed = await tellFailure(path, status, { json, output, signal });
        exitCode ||= failed;
      } else results.write(json ? toJson(status) : describeStatus(status, locale));
      await results.room(signal);
    }
    await abortable(results.written(), signal);
    await client.quit();
    return exitCode;
  } catch (error) {
    await abortable(results.written(), signal).catch(() => {}); // What is right comes before the error
    throw error;
  } finally {
    await errors.written();
    client.close();
    await client.closed;
  }
}

function toJson({ path, type, size, mtime, version, sha256 }: PathStatus): string {
  return `${jsonLine({ event: "stat", path, type, size, mtime, version, sha256 })}\n`;
}

function describeStatus(
  { path, type, size: sizeBytes, mtime, sha256 }: PathStatus,
  { t, size }: Locale,
): string {
  const lines = [cleanLine(path), `  ${t("modified", { time: formatDateTime(mtime) })}`];
  if (type === "folder") lines[0] += "/";
  else lines.push(`  ${t("sizeExact", { size: size(sizeBytes), bytes: sizeBytes })}`);
  if (sha256 !== null) lines.push(`  SHA-256 ${sha256}`);
  return `${lines.join("\n")}\n`;
}
