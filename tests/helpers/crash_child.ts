/**
 * Carries out an upload in a process of its own, which may be killed on the way. The plan and the
 * place of the crash come as JSON in the two arguments; it prints what came of it and its calls.
 *
 * @module
 */
import { crashAt } from "./crash_point.ts";
import { uploadInSteps } from "./upload_steps.ts";

if (import.meta.main) {
  const calls = crashAt(JSON.parse(Deno.args[1]!));
  const result = await uploadInSteps(JSON.parse(Deno.args[0]!));
  console.log(JSON.stringify({ result, calls }));
}
