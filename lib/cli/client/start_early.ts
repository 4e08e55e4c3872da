import { startWorkerEarly } from "../../worker/early_worker.ts";

/** Commands that read or write files. */
const MOVES_FILES = new Set(["get", "put", "verify"]);

if (MOVES_FILES.has(Deno.args[0] ?? "")) startWorkerEarly();
