import { assert, assertEquals } from "@std/assert";
import type { LogRecord } from "../../lib/cluster/engine.ts";
import type { NatsEngine } from "../../lib/cluster/nats_engine.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import {
  appendAll,
  connectEngine,
  createLog,
  ELECTION_MS,
  SteadyAppender,
  untilInStep,
  untilState,
} from "../helpers/nats_engines.ts";
import { NatsRoutes } from "../helpers/nats_routes.ts";
import { letLead } from "../helpers/steer_log.ts";
import { RecordCollector } from "../helpers/record_collector.ts";

const END = "end";

/** A record as text. */
function plain({ place, stampMs, payload }: LogRecord): string {
  return `${place} ${stampMs} ${new TextDecoder().decode(payload)}`;
}

/** Compares long lists without printing them. */
function isSame(first: unknown, second: unknown): boolean {
  return JSON.stringify(first) === JSON.stringify(second);
}

/** Checks that what was acknowledged is in the log in its order, and the same for all followers. */
async function assertKept(
  engine: NatsEngine,
  appender: SteadyAppender,
  followers: readonly RecordCollector[],
): Promise<void> {
  await appendAll(engine, [END]);
  const logs: LogRecord[][] = [];
  for (const follower of followers) {
    await follower.untilText(END, ELECTION_MS);
    logs.push(follower.records.slice(0, follower.texts.indexOf(END)));
    assertEquals(follower.broken, []);
  }
  const log = logs[0]!;
  for (const other of logs) {
    assert(isSame(other.map(plain), log.map(plain)), "the followers differ");
  }
  assert(log.every(({ place }, at) => place === at + 1), "there is a gap");
  // A record that is published again may be stored twice, and the last one without being acknowledged
  const kept = [...new Set(followers[0]!.texts.slice(0, log.length))];
  assert(isSame(kept.slice(0, appender.done.length), appender.done), "a record is lost or moved");
  assert(kept.length - appender.done.length <= 1);
}

/** An appender at one node of NATS, and followers at two. */
async function withTraffic(
  nats: NatsCluster,
  action: (engine: NatsEngine, appender: SteadyAppender) => Promise<void>,
): Promise<void> {
  await using engine = await connectEngine(nats.urls);
  await using other = await connectEngine([...nats.urls].reverse());
  await createLog(engine);
  await untilInStep(engine);
  const followers = [new RecordCollector(), new RecordCollector()] as const;
  await using _one = engine.log.follow(1, followers[0].onRecords, followers[0].onBreak);
  await using _two = other.log.follow(1, followers[1].onRecords, followers[1].onBreak);
  const appender = new SteadyAppender(engine, "record", followers[0]);
  try {
    await appender.more(20);
    await action(engine, appender);
    await appender.more(20);
  } finally {
    await appender.stop();
  }
  await untilInStep(engine);
  await assertKept(engine, appender, followers);
}

/** The node that decides, and one that does not. */
async function nodesOf(nats: NatsCluster, engine: NatsEngine) {
  const { leader } = await untilInStep(engine);
  const follower = nats.nodes.find(({ name }) => name !== leader)!;
  return { leader: nats.node(leader), follower };
}

Deno.test(
  "NatsEngine: keeps what was acknowledged while nodes of NATS stop, die, and lead with a restored store",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(3);
    await withTraffic(nats, async (engine, appender) => {
      const { follower } = await nodesOf(nats, engine);
      await follower.stop("SIGTERM");
      follower.backUp();
      await appender.more(20);
      await follower.start();
      await appender.more(20);
      await follower.stop("SIGKILL");
      follower.restore(); // As a node comes back whose machine was restored from a backup
      await appender.more(20);
      await follower.start();
      await letLead(nats.urls, follower.name);
      await appender.more(20);
      const stopping = (await nodesOf(nats, engine)).leader;
      await stopping.stop("SIGTERM");
      await appender.more(20);
      await stopping.start();
      const dying = (await nodesOf(nats, engine)).leader;
      await dying.stop("SIGKILL");
      await appender.more(20);
      await dying.start();
    });
  },
);

Deno.test(
  "NatsEngine: leaves a node of NATS that says it is about to stop",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(3);
    await using near = await connectEngine([nats.nodes[0]!.url]);
    await createLog(near);
    await using engine = await connectEngine([nats.nodes[0]!.url, nats.nodes[1]!.url]);
    await using _stop = { [Symbol.asyncDispose]: () => nats.nodes[0]!.stop("SIGKILL") };
    const appender = new SteadyAppender(engine, "record");
    await appender.more(20);
    nats.nodes[0]!.retire();
    await appender.more(200);
    await appender.stop();
    assertEquals(engine.state, "connected");
  },
);

Deno.test(
  "NatsEngine: keeps what was acknowledged when all nodes of NATS die at once",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(3);
    await withTraffic(nats, async (engine, appender) => {
      const lost = untilState(engine, "lost");
      await Promise.all(nats.nodes.map((node) => node.stop("SIGKILL")));
      await lost;
      await Promise.all(nats.nodes.map((node) => node.start()));
      await appender.more(20);
    });
  },
);

Deno.test(
  "NatsEngine: leaves a node of NATS that is cut off from the majority",
  NEEDS_NATS,
  async () => {
    await using routes = new NatsRoutes();
    await using nats = await NatsCluster.start(3, { routePort: routes.portOf });
    await withTraffic(nats, async (engine, appender) => {
      const { leader } = await nodesOf(nats, engine);
      for (const how of ["black-hole", "cut"] as const) {
        routes.isolate(nats.nodes.indexOf(leader), how);
        await appender.more(20);
        routes.heal();
        await untilInStep(engine);
      }
    });
  },
);
