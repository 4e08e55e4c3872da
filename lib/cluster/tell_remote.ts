import type { RemoteMessage } from "../chat/neighbours.ts";
import type { PrivateOutcome } from "../chat/private_outcome.ts";
import type { MemberAddress } from "../chat/remote_member.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { ProtocolError, RequestError } from "../protocol/errors.ts";
import { askServer } from "./bus_request.ts";
import { type Cluster, requestSubject } from "./cluster.ts";
import { BusError } from "./engine.ts";

/**
 * Hands a private message to the server of its recipient. Resolves to `null` if that does not answer.
 *
 * @throws {RequestError} as that server refuses it
 */
export async function tellRemote(
  cluster: Pick<Cluster, "name" | "bus" | "log">,
  { from, to, event }: RemoteMessage,
): Promise<PrivateOutcome | null> {
  const subject = requestSubject(cluster, to.home, "tell");
  const { log: { incarnation: home } } = cluster;
  const question = { to: to.number, home, from: from.number, network: from.network, event };
  try {
    const answer = await askServer(cluster.bus, subject, question, CLUSTER_LIMITS.tellMs);
    const [away, kept] = [answer.optionalText("away"), answer.optionalInteger("kept")];
    return {
      time: answer.integer("time"),
      ...(away !== undefined && { away }),
      ...(kept !== undefined && { kept }),
    };
  } catch (error) {
    if (error instanceof BusError || error instanceof ProtocolError) return null;
    throw error;
  }
}

/**
 * Has another server disconnect its member. Resolves to whether it was there.
 *
 * @throws {RequestError} `busy` if that server does not answer
 */
export async function kickRemote(
  cluster: Pick<Cluster, "name" | "bus">,
  { home, number }: MemberAddress,
  notice: string,
): Promise<boolean> {
  const subject = requestSubject(cluster, home, "kick");
  try {
    const question = { to: number, notice };
    const answer = await askServer(cluster.bus, subject, question, CLUSTER_LIMITS.requestMs);
    return answer.flag("done");
  } catch (cause) {
    if (cause instanceof RequestError) throw cause;
    throw new RequestError("busy", undefined, { cause });
  }
}
