import { pause } from "../async/pause.ts";
import { RequestError } from "../protocol/errors.ts";
import type { ContentTarget } from "./content_connection.ts";
import type { ContentHolder } from "./content_sources.ts";

/** Where no server gives a content, all are asked so often, … */
const MAX_ROUNDS = 6;
/** … so long one time after the other: a server, or the name of a file there, may just have come. */
const NEXT_ROUND_MS = 250;

/** Who is asked for the bytes of a content. */
export interface Givers {
  /** The servers that may have them, the best first. */
  holders(): readonly ContentHolder[];
  /** Gets as many of the missing bytes as a server gives. */
  receive(holder: ContentHolder): Promise<void>;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Gets all bytes that a target lacks, from one server after the other. Returns those that gave some.
 *
 * @throws {RequestError} `busy` `no-copy` if none gives any more; what `receive` throws; the reason of the signal
 */
export async function askInTurn(
  target: Pick<ContentTarget, "receivedBytes" | "endBytes">,
  { holders, receive, signal }: Givers,
): Promise<readonly ContentHolder[]> {
  const givers: ContentHolder[] = [];
  /** What was here when a server was asked last: it is asked again once there is more. */
  const askedAt = new Map<string, number>();
  for (let rounds = 1; target.receivedBytes < target.endBytes;) {
    const holder = nextOf(holders(), target.receivedBytes, askedAt);
    if (holder === null) {
      if (rounds++ === MAX_ROUNDS) throw new RequestError("busy", undefined, { reason: "no-copy" });
      askedAt.clear();
      await pause(NEXT_ROUND_MS, signal);
      continue;
    }
    const before = target.receivedBytes;
    askedAt.set(holder.server, before);
    await receive(holder);
    if (target.receivedBytes > before) givers.push(holder);
  }
  return givers;
}

/** Those that were not asked yet come first. */
function nextOf(
  holders: readonly ContentHolder[],
  receivedBytes: number,
  askedAt: ReadonlyMap<string, number>,
): ContentHolder | null {
  return holders.find(({ server }) => !askedAt.has(server)) ??
    holders.find(({ server }) => askedAt.get(server) !== receivedBytes) ?? null;
}
