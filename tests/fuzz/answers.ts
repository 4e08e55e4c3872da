import { zstdDecompressSync } from "node:zlib";
import { type WireFrame, wireFramesOf } from "./frame_model.ts";
import type { OrderlySession } from "./orderly.ts";
import { HIDDEN, MARK } from "./secrets.ts";
import type { Tally } from "./tally.ts";

const latin1 = new TextDecoder("latin1");
/** Types that end an answer. */
const LAST_TYPES = ["DONE", "FAIL", "FEND", "PONG"];

/** Checks that a server's output tells nothing that no client may see. */
export function checkSecrets(output: Uint8Array<ArrayBuffer>, tally: Tally): void {
  const secrets = new RegExp(`${MARK}|${HIDDEN}`);
  for (const frame of wireFramesOf(output)) {
    const [found] = secrets.exec(latin1.decode(contentOf(frame))) ?? [];
    if (found !== undefined) tally.violate(`The server told of ${found} by ${describe(frame)}`);
  }
}

/** Checks that every request of a session got one answer, and nothing else did. */
export function checkAnswers(
  output: Uint8Array<ArrayBuffer>,
  { ids, failuresWithoutId }: OrderlySession,
  tally: Tally,
): void {
  const counts = new Map<unknown, number>();
  for (const frame of wireFramesOf(output)) {
    if (!LAST_TYPES.includes(frame.type)) continue;
    const { id } = JSON.parse(latin1.decode(frame.payload));
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const expected = new Map<unknown, number>(ids.map((id) => [id, 1]));
  if (failuresWithoutId > 0) expected.set(null, failuresWithoutId);
  for (const id of new Set([...counts.keys(), ...expected.keys()])) {
    const [count, wanted] = [counts.get(id) ?? 0, expected.get(id) ?? 0];
    if (count !== wanted) tally.violate(`Request ${id} got ${count} answers instead of ${wanted}`);
  }
  tally.answers += ids.length;
}

/** What a frame says, inflated. */
function contentOf({ type, payload }: WireFrame): Uint8Array {
  return type === "FZST" ? zstdDecompressSync(payload) : payload;
}

function describe({ type, payload }: WireFrame): string {
  return `${type} ${latin1.decode(payload.subarray(0, 200))}`;
}
