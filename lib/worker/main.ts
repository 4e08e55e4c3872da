/**
 * The entry of a client's worker: a loop of messages round {@link WorkerJobs}.
 *
 * @module
 */
import { DiskError } from "../files/disk_error.ts";
import { ProtocolError, RequestError } from "../protocol/errors.ts";
import { type JobReply, type JobRequest, type PlainError, WorkerJobs } from "./jobs.ts";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<JobRequest>) => void) | null;
  postMessage(reply: JobReply, transfer: Transferable[]): void;
}

function toPlainError(error: unknown): PlainError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RequestError) {
    return { kind: "request", code: error.code, path: "", message };
  }
  if (error instanceof DiskError) {
    return { kind: "disk", code: error.code, path: error.path, message };
  }
  if (error instanceof ProtocolError) {
    return { kind: "protocol", code: error.code, path: "", message };
  }
  return { kind: "other", code: "", path: "", message };
}

/** The buffer in a result goes back to its owner instead of being copied. */
function transferableOf(result: unknown): Transferable[] {
  if (result instanceof ArrayBuffer) return [result];
  const buffer = (result as { buffer?: unknown } | null)?.buffer;
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}

function serve(scope: WorkerScope): void {
  const jobs = new WorkerJobs();
  scope.onmessage = ({ data: { id, name, args } }) => {
    try {
      const job = jobs[name] as (...args: unknown[]) => unknown;
      const result = job.apply(jobs, args);
      scope.postMessage({ id, result }, transferableOf(result));
    } catch (error) {
      scope.postMessage({ id, error: toPlainError(error) }, []);
    }
  };
}

serve(globalThis as unknown as WorkerScope);
