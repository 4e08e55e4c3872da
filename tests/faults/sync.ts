import { join } from "@std/path";
import type { Prng } from "../helpers/prng.ts";
import { ProgramOutput } from "../helpers/program.ts";
import { CheckError } from "./checks.ts";
import type { ClientResult } from "./client_run.ts";
import type { Fixture } from "./fixture.ts";
import type { Kind, Outcome } from "./kind.ts";
import { expectCode, recover } from "./recovery.ts";
import { openStage } from "./stage.ts";
import { namesGiven, parseCalls, traceTo, unsynced, whyNoTrace } from "./system_calls.ts";
import type { Transfer } from "./transfer.ts";

/** No fault, but what makes a power cut harmless: the calls that sync files and folders. */
export const SYNC: Kind = {
  name: "sync",
  cycles: 20,
  quickCycles: 2,
  async open(options) {
    return await whyNoTrace() ?? await openStage(options, syncCycle, false);
  },
};

/** Downloads and uploads in turn, so that few cycles see both. */
let cycles = 0;

async function syncCycle(fixture: Fixture, prng: Prng): Promise<Outcome> {
  const command = cycles++ % 2 === 0 ? "get" : "put";
  const options = { maxBytes: 2 * 1024 * 1024, folders: 0.5 };
  const transfer = fixture.newTransfer(prng, options, command);
  const trace = join(fixture.folder, "trace");
  const result = command === "get"
    ? await transfer.run({ shell: `exec ${traceTo(trace).join(" ")} --` }).result
    : await putTraced(fixture, transfer, trace);
  expectCode(result, [0]);
  check(transfer, Deno.readTextFileSync(trace));
  Deno.removeSync(trace);
  return await recover(fixture, transfer, { result, wasHit: false, isResumable: false });
}

/** Uploads while the server's calls are traced. */
async function putTraced(
  fixture: Fixture,
  transfer: Transfer,
  trace: string,
): Promise<ClientResult> {
  const [program, ...args] = traceTo(trace).filter((arg) => arg !== "-q");
  const tracer = new Deno.Command(program!, {
    args: [...args, "-p", String(fixture.serverPid)],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const output = new ProgramOutput(tracer.stderr);
  await output.waitFor(" attached");
  const result = await transfer.run().result;
  tracer.kill("SIGINT"); // It detaches, and the server goes on
  await tracer.status;
  await output.ended();
  return result;
}

function check({ command, hashes, target }: Transfer, trace: string): void {
  const calls = parseCalls(trace);
  const given = namesGiven(calls, target);
  const missing = [...hashes.keys()].filter((path) => !given.includes(join(target, path)));
  const failures = [
    ...missing.map((path) => `${path} got its name by no call`),
    ...unsynced(calls, target, command === "get" ? '"event":"done"' : null),
  ];
  if (failures.length > 0) throw new CheckError(failures.slice(0, 10).join("\n"));
}
