import type { AttemptLimiter } from "../accounts/attempt_limiter.ts";
import { LIMITS } from "../protocol/limits.ts";
import { encodeMessage, hearServers } from "./bus_request.ts";
import { type Cluster, subjectOf } from "./cluster.ts";

/** UTF-16 units of a network, and of the folded name of an account, at most. */
const TEXT_LENGTH = 64 * LIMITS.nickCharacters;

/**
 * Tells the other servers of failed logins, and counts theirs: who guesses passwords gains nothing by going from
 * server to server. What is lost on the way is not told again. Disposal ends that.
 */
export function shareAttempts(cluster: Cluster, limiter: AttemptLimiter): Disposable {
  const { bus, serverId } = cluster;
  const subject = subjectOf(cluster, "attempt");
  const parts = new DisposableStack();
  parts.use(limiter.onFailure((network, account) => {
    bus.publish(subject, encodeMessage({ server: serverId, network, account }));
  }));
  parts.use(hearServers(bus, subject, (attempt) => {
    const [network, account] = [attempt.text("network"), attempt.text("account")];
    const isShort = network.length <= TEXT_LENGTH && account.length <= TEXT_LENGTH;
    if (isShort && attempt.text("server") !== serverId) limiter.hear(network, account);
  }));
  return parts;
}
