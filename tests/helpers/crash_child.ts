/**
 * A child process that performs an upload and may be killed during it. The arguments are the plan
 * and the crash point, in JSON. It prints the result and its calls.
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
