import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { pause } from "../../lib/async/pause.ts";
import { newEpoch } from "../../lib/cluster/chain.ts";
import { logConfig, natsNames } from "../../lib/cluster/nats_stream.ts";
import { ELECTION_MS } from "./nats_engines.ts";

const NAMES = natsNames("test");
/** More than any test fills. */
const LOG_BYTES = 1024 * 1024;

async function withNats<T>(
  urls: readonly string[],
  action: (streams: JetStreamManager["streams"], connection: NatsConnection) => Promise<T>,
): Promise<T> {
  const connection = await connect({ servers: [...urls] });
  try {
    const { streams } = await jetstreamManager(connection, { checkAPI: false });
    return await action(streams, connection);
  } finally {
    await connection.close();
  }
}

/** Makes the log of the cluster `test` as one that {@link loseRecord} can damage. */
export function createFragileLog(urls: readonly string[]): Promise<void> {
  const config = { ...logConfig(NAMES, newEpoch(), 1, LOG_BYTES), deny_delete: false };
  return withNats(urls, async (streams) => void await streams.add(config));
}

/** Lets the log of the cluster `test` lose one record, as a damaged file does. */
export function loseRecord(urls: readonly string[], place: number): Promise<void> {
  return withNats(urls, async (streams) => void await streams.deleteMessage(NAMES.stream, place));
}

/** Lets the leaders of the log of the cluster `test` step down until it is the node of a name. */
export function letLead(urls: readonly string[], name: string): Promise<void> {
  return withNats(urls, async (streams, connection) => {
    const subject = `$JS.API.STREAM.LEADER.STEPDOWN.${NAMES.stream}`;
    const endMs = performance.now() + ELECTION_MS;
    for (;;) {
      const info = await streams.info(NAMES.stream).catch(() => null);
      if (info?.cluster?.leader === name) return;
      if (performance.now() > endMs) throw new Error(`${name} does not lead`);
      await connection.request(subject).catch(() => {}); // There is no leader for a moment
      await pause(200);
    }
  });
}
