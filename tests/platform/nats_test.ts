import { assertEquals, assertRejects } from "@std/assert";
import { JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import { connect, headers, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { logConfig, natsNames } from "../../lib/cluster/nats_stream.ts";
import { within } from "../helpers/deadline.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";

const NAMES = natsNames("facts");
const BYTES = 2 ** 20;

async function managerOf(connection: NatsConnection) {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  await manager.streams.add(logConfig(NAMES, "0".repeat(32), 1, BYTES));
  return manager;
}

Deno.test(
  "NATS: republishes a message with its place and its own headers, but without a time",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using connection = await connect({ servers: [...nats.urls] });
    const manager = await managerOf(connection);
    const told = Promise.withResolvers<Msg>();
    connection.subscribe(NAMES.live, { callback: (_, message) => told.resolve(message) });
    const own = headers();
    own.set("Time", "42");
    const ack = await manager.jetstream().publish(NAMES.log, "hello", { headers: own });
    const message = await within(told.promise, "the message");
    assertEquals([ack.seq, message.headers?.get("Nats-Sequence"), message.string()], [
      1,
      "1",
      "hello",
    ]);
    assertEquals(message.headers?.get("Time"), "42");
    assertEquals(message.headers?.has("Nats-Time-Stamp"), false);
  },
);

Deno.test(
  "NATS: refuses another stream of the name, and three replicas on one machine",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using connection = await connect({ servers: [...nats.urls] });
    const { streams } = await managerOf(connection);
    const codeOf = async (epoch: string, replicas: 1 | 3) =>
      (await assertRejects(
        () => streams.add(logConfig(NAMES, epoch, replicas, BYTES)),
        JetStreamApiError,
      )).code;
    assertEquals([await codeOf("1".repeat(32), 1), await codeOf("1".repeat(32), 3)], [
      10058,
      10074,
    ]);
  },
);

Deno.test(
  "NATS: tells the sender of a request at once that nobody listens",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using connection = await connect({ servers: [...nats.urls] });
    const error = await assertRejects(
      () => connection.request("nobody", "", { timeout: 9_000 }),
      Error,
    );
    assertEquals(error.message, "no responders: 'nobody'");
  },
);

Deno.test("NATS: keeps the rest of a stream when its first records go", NEEDS_NATS, async () => {
  await using nats = await NatsCluster.start(1);
  await using connection = await connect({ servers: [...nats.urls] });
  const manager = await managerOf(connection);
  const payload = new Uint8Array(100_000);
  for (let i = 0; i < 20; i++) await manager.jetstream().publish(NAMES.log, payload);
  const { first_seq, last_seq } = (await manager.streams.info(NAMES.stream)).state;
  assertEquals([first_seq > 1, last_seq], [true, 20]);
});
