import type { DatabaseSync } from "node:sqlite";
import { ClusterError } from "../protocol/cluster_error.ts";
import { requestSubject } from "./cluster.ts";
import type { Bus } from "./engine.ts";
import { serverOf } from "./incarnation.ts";
import { liveIncarnations } from "./server_status.ts";

/** How long a twin has for its answer, where its subscription tells that it is there: it may be busy. */
const PING_MS = 3_000;

/** What {@link refuseTwin} asks with. */
export interface TwinQuestion {
  readonly bus: Pick<Bus, "request">;
  /** The name of the cluster. */
  readonly name: string;
  /** The id of the data folder. */
  readonly serverId: string;
  readonly database: DatabaseSync;
}

/**
 * Makes sure that no other server runs with a copy of this data folder: a former run that is not gone would
 * answer.
 *
 * @throws {ClusterError} `copied-folder`
 */
export async function refuseTwin(
  { bus, name, serverId, database }: TwinQuestion,
): Promise<void> {
  const own = liveIncarnations(database).filter((each) => serverOf(each) === serverId);
  const isThere = (incarnation: string) =>
    bus.request(requestSubject({ name }, incarnation, "ping"), new Uint8Array(), PING_MS)
      .then(() => true, () => false);
  const answers = await Promise.all(own.map(isThere));
  if (!answers.includes(true)) return;
  throw new ClusterError(
    "copied-folder",
    `Cannot join the cluster ${name}: another server runs with a copy of the data folder`,
  );
}
