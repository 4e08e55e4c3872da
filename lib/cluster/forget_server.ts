import { answerServers, askServer } from "./bus_request.ts";
import { subjectOf } from "./cluster.ts";
import type { ClusterLog } from "./cluster_log.ts";
import type { Bus } from "./engine.ts";
import { decodeServerId } from "./incarnation.ts";

/** The subject on which servers are asked to forget another one, without its cluster. */
const SUBJECT = "any.forget";
/** How long it takes at the most: as long as an entry may wait. */
const ANSWER_MS = 25_000;

/** Forgets servers that an operator asks to forget. Disposal ends that. */
export function answerForget(
  bus: Bus,
  cluster: { readonly name: string },
  log: Pick<ClusterLog, "append">,
): Disposable {
  return answerServers(bus, subjectOf(cluster, SUBJECT), async (question) => {
    await log.append({ kind: "forget", server: decodeServerId(question, "server") });
    return {};
  }, "any");
}

/**
 * Lets a cluster forget a server that will not come back.
 *
 * @throws {RequestError} `not-found` if it knows no such server, `busy` if the server is there
 * @throws {BusError} if no server answers
 */
export async function forgetServer(
  bus: Bus,
  cluster: { readonly name: string },
  server: string,
): Promise<void> {
  await askServer(bus, subjectOf(cluster, SUBJECT), { server }, ANSWER_MS);
}
