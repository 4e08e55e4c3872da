import type { RemoteItem } from "../../client/remote_paths.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { UsageError } from "../texts/usage_error.ts";
import type { ReportFormat } from "../view/reporter.ts";
import { checkMirrored, type MirrorChoice } from "./mirror.ts";

const SEVERAL = {
  en: "--sha256 and --stdout take exactly one file; this is {count}",
  "pt-BR": "--sha256 e --stdout aceitam exatamente um arquivo; estes são {count}",
} as const satisfies Text;

/** What `get` takes only some paths for. */
export interface CheckFoundOptions {
  readonly toStdout: boolean;
  readonly sha256?: string | undefined;
  readonly mirror: MirrorChoice | null;
  readonly format: ReportFormat;
}

/**
 * Checks what a path stands for, and returns it.
 *
 * @throws {RequestError} `not-a-file` for a folder, where one file is wanted
 * @throws {UsageError} for several files, or for none and several folders of a mirror
 */
export function checkFound(
  found: readonly RemoteItem[],
  { toStdout, sha256, mirror, format: { locale } }: CheckFoundOptions,
): readonly RemoteItem[] {
  if (mirror !== null) checkMirrored(found, locale);
  if (!toStdout && sha256 === undefined) return found;
  const [first] = found;
  if (first?.type === "folder") throw new RequestError("not-a-file");
  if (found.length > 1) throw new UsageError(locale.fill(SEVERAL, { count: found.length }));
  return found;
}
