import type { TransferPlan } from "../../client/transfer_plan.ts";
import { EXIT, failureOf, formatFailure } from "../texts/failure.ts";
import { errorEvent } from "../view/error_event.ts";
import { ErrorOutput } from "../view/error_output.ts";
import { jsonLine } from "../view/json_line.ts";
import { countPlan, describePlan, planEvent } from "../view/plan_lines.ts";
import type { Direction } from "../view/describe_result.ts";
import type { ReportFormat } from "../view/reporter.ts";
import { ResultOutput } from "../view/result_output.ts";

/** The exit codes of files that meet a conflict, by its reason: those of their failures. */
const CONFLICT_CODES: Readonly<Record<Direction, Readonly<Record<string, number>>>> = {
  get: { "same-command": EXIT.other, "in-the-way": EXIT.disk },
  put: { "exists": EXIT.other, "same-command": EXIT.other, "in-the-way": EXIT.notFound },
};

/** How a plan is printed. */
export interface PrintPlanOptions {
  readonly direction: Direction;
  readonly format: ReportFormat;
  readonly signal: AbortSignal;
}

/**
 * Prints a plan, and returns the exit code that the command itself would have, as far as that is known.
 *
 * @throws {OutputClosedError | DiskError} if the plan cannot be written
 */
export async function printPlan(plan: TransferPlan, options: PrintPlanOptions): Promise<number> {
  const { direction, format: { locale, json, quiet }, signal } = options;
  const results = new ResultOutput();
  const errors = new ErrorOutput(locale);
  const failures = plan.failures.map(({ path, error }) => ({
    path,
    failure: locale.failure(error),
  }));
  const lines = json
    ? [
      ...plan.items.map(planEvent),
      ...failures.map(({ path, failure }) => errorEvent(failure, path)),
      { event: "planned", ...countPlan(plan, direction) },
    ].map(jsonLine)
    : quiet
    ? []
    : describePlan(plan, direction, locale);
  for (const line of lines) {
    await results.room(signal);
    results.write(`${line}\n`);
  }
  await results.written(signal);
  for (const { path, failure } of failures) errors.write(formatFailure(failureOf(path, failure)));
  const { count } = plan.omitted;
  if (count > 0) errors.write(`${locale.t("leftOutCount", { count })}\n`);
  await errors.written();
  const [first] = failures;
  if (first !== undefined) return first.failure.exitCode;
  const otherwise = count > 0 ? EXIT.incomplete : EXIT.done;
  return conflictCode(plan, direction) ?? otherwise;
}

/** The exit code of the first file that would fail for what is in its place; `null` if none would. */
function conflictCode({ items }: TransferPlan, direction: Direction): number | null {
  for (const { action, type, reason } of items) {
    const isFile = action === "conflict" && type === "file" && reason !== null;
    const code = isFile ? CONFLICT_CODES[direction][reason] : undefined;
    if (code !== undefined) return code;
  }
  return null;
}
