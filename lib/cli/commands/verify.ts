import { onAbort } from "../../async/on_abort.ts";
import { ReconnectingClient } from "../../client/reconnecting_client.ts";
import {
  type Comparison,
  type VerifyAllResult,
  verifyEach,
  type VerifyRunOptions,
} from "../../client/verify_all.ts";
import { RequestError } from "../../protocol/errors.ts";
import { cleanLine } from "../../protocol/text.ts";
import { defined } from "../options/defined.ts";
import { ownFolders } from "../options/state_folder.ts";
import { EXIT, failureOf, formatFailure } from "../texts/failure.ts";
import { errorEvent } from "../view/error_event.ts";
import { ErrorOutput } from "../view/error_output.ts";
import { jsonLine } from "../view/json_line.ts";
import { OmissionReport } from "../view/omission_report.ts";
import { ResultOutput } from "../view/result_output.ts";
import { shownPath } from "../view/shown_path.ts";
import type { RequestCommandOptions } from "./with_client.ts";

/** Options of `verify`. */
export interface VerifyOptions extends RequestCommandOptions {
  /** On the server, checked; `""` for the root. */
  readonly path: string;
  /** Folder in which `get` puts files. */
  readonly directory: string;
  /** The file or folder of this machine. Default: that of the same name in `directory`. */
  readonly place?: string | undefined;
}

const COMPARISON_TEXTS = {
  different: "isDifferent",
  missing: "isMissing",
  extra: "isExtra",
} as const satisfies Readonly<Record<Exclude<Comparison, "same">, string>>;

/**
 * Compares what is here with the server's, prints what differs, and returns the exit code: that of the
 * first failure, such as a path that is not there, else `integrity` if a file is different or missing.
 *
 * @throws {ConnectionError} when there is no server
 * @throws {RequestError} `unsupported` by protocol 1
 */
export async function verify(options: VerifyOptions): Promise<number> {
  const { connection, path, signal } = options;
  const report = new VerifyReport(options);
  const clients = await ReconnectingClient.connect(connection);
  onAbort(signal, () => void clients.close());
  try {
    const result = await verifyEach(clients, path, {
      directory: options.directory,
      ownPaths: ownFolders(),
      signal,
      ready: (signal) => report.room(signal),
      onCompared: (path, comparison) => report.onCompared(path, comparison),
      onError: (path, error) => report.onError(path, error),
      onOmitted: (omitted) => report.omissions.add(omitted),
      ...defined<VerifyRunOptions>({ place: options.place }),
    });
    report.onEnd(result);
    await clients.quit();
    await report.printed(signal);
    return report.exitCode(result);
  } catch (error) {
    if (!(error instanceof RequestError) || error.code === "unsupported") throw error;
    report.onError(shownPath(path), error);
    await report.printed(signal);
    return options.locale.failure(error).exitCode;
  } finally {
    await report.printed(signal).catch(() => {}); // The error says more
    await clients.close();
  }
}

class VerifyReport {
  readonly omissions: OmissionReport;
  readonly #options: VerifyOptions;
  readonly #results = new ResultOutput();
  readonly #errors: ErrorOutput;

  constructor(options: VerifyOptions) {
    const { locale, json } = options;
    this.#options = options;
    this.#errors = new ErrorOutput(locale);
    this.omissions = new OmissionReport({
      locale,
      printJson: json ? (value) => this.#print(jsonLine(value)) : null,
      tell: (text) => this.#errors.write(text),
    });
  }

  /** Resolves once there is room for more. @throws as `ResultOutput.room` does */
  room(signal: AbortSignal): Promise<void> {
    return this.#results.room(signal);
  }

  /** Resolves once all is printed. @throws as `ResultOutput.written` does */
  async printed(signal: AbortSignal): Promise<void> {
    await this.#results.written(signal).finally(() => this.#errors.written());
  }

  onCompared(path: string, result: Comparison): void {
    const { json, quiet, locale: { t } } = this.#options;
    if (json) return this.#print(jsonLine({ event: "verify", path, result }));
    if (quiet || result === "same") return;
    this.#print(t(COMPARISON_TEXTS[result], { path: cleanLine(path) }));
  }

  onError(path: string, error: unknown): void {
    const { json, locale } = this.#options;
    const failure = locale.failure(error);
    if (json) this.#print(jsonLine(errorEvent(failure, path)));
    this.#errors.write(formatFailure(failureOf(path, failure)));
  }

  onEnd({ same, different, missing, extra, failures }: VerifyAllResult): void {
    const { json, quiet, locale: { t } } = this.#options;
    this.omissions.end();
    const counts = {
      same,
      different: different.length,
      missing: missing.length,
      extra: extra.length,
      failed: failures.length,
    };
    if (json) return this.#print(jsonLine({ event: "verified", ...counts }));
    if (quiet) return;
    const { failed } = counts;
    const parts = [
      t("sameCount", { same }),
      ...(counts.different > 0 ? [t("differentCount", { count: counts.different })] : []),
      ...(counts.missing > 0 ? [t("missingCount", { count: counts.missing })] : []),
      ...(counts.extra > 0 ? [t("extraCount", { count: counts.extra })] : []),
      ...(failed > 0 ? [t("failedSum", { failed })] : []),
    ];
    this.#print(parts.join(", "));
  }

  exitCode({ different, missing, failures: [first] }: VerifyAllResult): number {
    if (first !== undefined) return this.#options.locale.failure(first.error).exitCode;
    const isRight = different.length + missing.length === 0;
    return this.omissions.exitCode(isRight ? EXIT.done : EXIT.integrity);
  }

  #print(line: string): void {
    this.#results.write(`${line}\n`);
  }
}
