import { decodeStatus, type PathStatus } from "../protocol/answers.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";

/** The status of a path; the server computes the SHA-256 of a file. @throws {RequestError} */
export async function statPath(
  protocol: Pick<Protocol2Client, "request">,
  path: string,
  signal?: AbortSignal,
): Promise<PathStatus> {
  const answer = await protocol.request("STAT", { path }, signal);
  return readAnswer(() => decodeStatus(answer));
}
