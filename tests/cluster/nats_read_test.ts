import { assertEquals } from "@std/assert";
import { LogFollower } from "../../lib/cluster/log_follower.ts";
import type { NatsEngine } from "../../lib/cluster/nats_engine.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import {
  appendAll,
  connectEngine,
  createLog,
  ELECTION_MS,
  SteadyAppender,
  texts,
  untilInStep,
} from "../helpers/nats_engines.ts";
import { NatsRoutes } from "../helpers/nats_routes.ts";
import { RecordCollector } from "../helpers/record_collector.ts";
import { createFragileLog, loseRecord } from "../helpers/steer_log.ts";

/** The log as a server gets it that has nothing of it, up to the record `end`, as text. */
async function readAll({ log }: NatsEngine): Promise<readonly string[]> {
  const got = new RecordCollector();
  await using _ = log.follow(1, got.onRecords, got.onBreak);
  await got.untilText("end", ELECTION_MS);
  const { texts } = got;
  const lines = got.records.map(({ place, stampMs }, at) => `${place} ${stampMs} ${texts[at]}`);
  return lines.slice(0, texts.indexOf("end") + 1);
}

Deno.test("NatsLog: hands on nothing behind a record that NATS has lost", NEEDS_NATS, async () => {
  await using nats = await NatsCluster.start(1);
  await createFragileLog(nats.urls);
  await using engine = await connectEngine(nats.urls);
  await appendAll(engine, texts("record", 4));
  await loseRecord(nats.urls, 3);
  const [behind, beyond] = [new RecordCollector(), new RecordCollector()];
  await using _beyond = engine.log.follow(4, beyond.onRecords, beyond.onBreak);
  const options = { missingMs: 100 };
  await using _ = new LogFollower(engine.log, 1, behind.onRecords, behind.onBreak, options);
  assertEquals(await behind.untilBroken(), "missing");
  await appendAll(engine, ["end"]);
  await beyond.untilText("end");
  assertEquals([behind.places, beyond.places], [[1, 2], [4, 5]]);
});

Deno.test(
  "NatsLog: reads the same by all nodes of NATS after the one that decided was cut off",
  NEEDS_NATS,
  async () => {
    await using routes = new NatsRoutes();
    await using nats = await NatsCluster.start(3, { routePort: routes.portOf });
    await using one = await connectEngine(nats.urls);
    await using two = await connectEngine([...nats.urls.slice(1), nats.urls[0]!]);
    await using three = await connectEngine([...nats.urls].reverse());
    const engines = [one, two, three];
    await createLog(one);
    const { leader } = await untilInStep(one);
    // One of them publishes at the node that is cut off, and some versions of NATS keep that there for good
    const appenders = engines.map((engine, at) => new SteadyAppender(engine, `record of ${at}`));
    await Promise.all(appenders.map((appender) => appender.more(20)));
    routes.isolate(nats.nodes.indexOf(nats.node(leader)), "black-hole");
    await Promise.all(appenders.map((appender) => appender.more(20)));
    routes.heal();
    await untilInStep(one);
    for (const appender of appenders) await appender.stop();
    await appendAll(one, ["end"]);
    await untilInStep(one);
    const log = await readAll(one);
    for (let times = 0; times < 4; times++) {
      for (const engine of engines) assertEquals(await readAll(engine), log);
    }
  },
);
