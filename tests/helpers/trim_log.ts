import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { natsNames } from "../../lib/cluster/nats_stream.ts";

/** Lets the log of the cluster `test` in NATS lose all but its last records, as one does that is full. */
export async function trimLog(urls: readonly string[], left = 1): Promise<void> {
  const connection = await connect({ servers: [...urls] });
  const { streams } = await jetstreamManager(connection, { checkAPI: false });
  const { stream } = natsNames("test");
  await streams.update(stream, { max_msgs: left });
  await streams.update(stream, { max_msgs: -1 });
  await connection.close();
}
