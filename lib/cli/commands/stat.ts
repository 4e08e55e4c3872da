import type { PathStatus } from "../../protocol/answers.ts";
import { checkPath } from "../../protocol/path.ts";
import { cleanLine } from "../../protocol/text.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { formatDateTime } from "../view/format_time.ts";
import { tellFailure } from "../view/tell_failure.ts";
import { jsonLine } from "../view/json_line.ts";
import { type RequestCommandOptions, withClient } from "./with_client.ts";

/** Options of `stat`. */
export interface StatOptions extends RequestCommandOptions {
  readonly paths: readonly string[];
}

/** Prints type, size, time and hash of paths, and returns the exit code of the first failure. */
export async function stat(options: StatOptions): Promise<number> {
  const { paths, json, locale, signal } = options;
  return await withClient(options, async (client, output) => {
    const { results } = output;
    const look = async (path: string) => await client.stat(checkPath(path.trim()), { signal });
    const asFailure = (error: unknown) => {
      if (client.isClosed) throw error;
      return locale.failure(error);
    };
    let exitCode: number = EXIT.done;
    for (const path of paths) {
      const status = await look(path).catch(asFailure);
      if ("exitCode" in status) {
        const failed = await tellFailure(path, status, { json, output, signal });
        exitCode ||= failed;
      } else results.write(json ? toJson(status) : describeStatus(status, locale));
      await results.room(signal);
    }
    return exitCode;
  });
}

function toJson({ path, type, size, mtime, version, sha256, exec }: PathStatus): string {
  return `${jsonLine({ event: "stat", path, type, size, mtime, version, sha256, exec })}\n`;
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
