import { zstdCompressSync } from "node:zlib";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import type { FileTarget } from "../../lib/files/part_file.ts";
import { UploadStore } from "../../lib/files/upload_store.ts";
import { WorkerJobs } from "../../lib/worker/jobs.ts";
import { patternedBytes, sha256Of } from "./bytes.ts";

/** The upload of a client, as JSON. */
export interface UploadPlan {
  readonly root: string;
  readonly path: string;
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
  readonly replace: boolean;
  /** Whether the upload is resumable; otherwise it goes to the worker in one piece. */
  readonly isKeyed: boolean;
  /** Whether the client sends a wrong hash. */
  readonly hasWrongHash: boolean;
  /** Whether another upload takes the name after it was found free. */
  readonly isRaced: boolean;
}

/** The number of pieces of a whole file; every second piece is compressed. */
const PIECES = 4;
/** The handle of the only open file. */
const PART = 1;
/** The content of an upload. */
export function contentOf({ sizeBytes }: UploadPlan): Uint8Array<ArrayBuffer> {
  return patternedBytes(sizeBytes);
}

/**
 * The target of an upload.
 *
 * @throws {RequestError} the refusal of the server
 */
export async function findTarget(plan: UploadPlan): Promise<FileTarget> {
  const { path, sizeBytes, replace, isKeyed } = plan;
  const uploads = new UploadStore(await DirectoryStore.open(plan.root));
  const place = await uploads.resolve(path, replace || plan.isRaced);
  const key = { user: null, path, sizeBytes, key: "key" };
  return await uploads.target(place, replace, isKeyed ? key : null);
}

/** Performs the steps of a server for an upload, with the same calls; returns the result. */
export async function uploadInSteps(plan: UploadPlan): Promise<"done" | "wrong" | "taken"> {
  const content = contentOf(plan);
  const target = await findTarget(plan);
  const sha256 = sha256Of(plan.hasWrongHash ? "something else" : content);
  const details = {
    sizeBytes: content.length,
    offset: 0,
    modifiedMs: plan.modifiedMs,
    version: null,
  };
  const jobs = new WorkerJobs();
  if (!plan.isKeyed) return resultOf(jobs.store(target, details, content, sha256));
  const offset = jobs.openPart(PART, target);
  while (!jobs.hashKept(PART, 1_000));
  jobs.beginReceive(PART, { ...details, offset });
  writeFrom(jobs, content, offset);
  return resultOf(jobs.commit(PART, sha256));
}

/** Leaves a part of an upload behind. */
export async function leavePart(plan: UploadPlan, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const jobs = new WorkerJobs();
  const { sizeBytes } = plan;
  const details = { sizeBytes, offset: 0, modifiedMs: null, version: null };
  jobs.startReceive(PART, await findTarget(plan), details);
  jobs.write(PART, bytes);
  jobs.endReceive(PART, false);
}

function writeFrom(jobs: WorkerJobs, content: Uint8Array<ArrayBuffer>, offset: number): void {
  const pieceBytes = Math.ceil(content.length / PIECES);
  for (let at = offset; at < content.length; at += pieceBytes) {
    const piece = content.slice(at, at + pieceBytes);
    if ((at / pieceBytes) % 2 < 1) jobs.write(PART, piece);
    else jobs.writeZstd(PART, zstdCompressSync(piece));
  }
}

function resultOf(result: object | "wrong" | "taken"): "done" | "wrong" | "taken" {
  return typeof result === "string" ? result : "done";
}
