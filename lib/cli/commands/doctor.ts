import { abortable } from "@std/async/abortable";
import { diagnose, type DiagnoseOptions } from "../../client/diagnose.ts";
import type { Check } from "../../protocol/check.ts";
import { jsonLine } from "../view/json_line.ts";
import { type CheckFormat, checkJson, CheckSummary, formatCheck } from "../view/check_output.ts";
import { writeOut } from "../view/output.ts";

/** How the checks of a diagnosis are printed. */
export interface DoctorFormat extends CheckFormat {
  readonly json: boolean;
  /** Failures and warnings only. */
  readonly quiet: boolean;
}

/** Options of `doctor`. */
export interface DoctorOptions extends DiagnoseOptions {
  /** `HOST:PORT`; `null` for this machine's own side alone. */
  readonly address: string | null;
  readonly signal: AbortSignal;
  readonly format: DoctorFormat;
}

/** Checks the way to a server and the server, prints what it finds, and returns the exit code. */
export async function doctor({ address, format, ...options }: DoctorOptions): Promise<number> {
  return await printChecks(untilAborted(diagnose(address, options), options.signal), format);
}

/** Prints checks as they come, then what they come to. Returns the exit code of the first failure. */
export async function printChecks(
  checks: AsyncIterable<Check>,
  format: DoctorFormat,
): Promise<number> {
  const summary = new CheckSummary();
  for await (const check of checks) {
    summary.add(check, format);
    if (format.json) writeOut(`${checkJson(check, format)}\n`);
    else if (!format.quiet || check.status === "fail" || check.status === "warn") {
      for (const line of formatCheck(check, format)) writeOut(`${line}\n`);
    }
  }
  const { failed, warnings, exitCode } = summary;
  if (format.json) writeOut(`${jsonLine({ event: "doctor", failed, warnings })}\n`);
  else if (!format.quiet) writeOut(`${summary.format(format.locale)}\n`);
  return exitCode;
}

/** The checks, until the signal fires: a check does not hold up Ctrl-C. */
async function* untilAborted<T>(
  checks: AsyncGenerator<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  for (;;) {
    const { done, value } = await abortable(checks.next(), signal);
    if (done) return;
    yield value;
  }
}
