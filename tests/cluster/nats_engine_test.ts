import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { newEpoch } from "../../lib/cluster/chain.ts";
import { EngineError } from "../../lib/cluster/engine.ts";
import { NatsEngine } from "../../lib/cluster/nats_engine.ts";
import { freePort } from "../helpers/free_port.ts";
import { within } from "../helpers/deadline.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { droppingMessages } from "../helpers/nats_frames.ts";
import { appendAll, connectEngine, createLog, texts, untilState } from "../helpers/nats_engines.ts";
import { Proxy } from "../helpers/proxy.ts";
import { testEngine } from "./engine_contract.ts";
import { RecordCollector } from "../helpers/record_collector.ts";

Deno.test(
  "NatsEngine: hands on records in one order to all, with the time of their server",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using first = await connectEngine(nats.urls);
    await using second = await connectEngine(nats.urls);
    await createLog(first);
    const fromMs = Date.now();
    await appendAll(first, texts("early", 3));
    const got = [new RecordCollector(), new RecordCollector()] as const;
    await using _one = first.log.follow(1, got[0].onRecords);
    await using _two = second.log.follow(1, got[1].onRecords);
    await Promise.all([appendAll(first, texts("a", 200)), appendAll(second, texts("b", 200))]);
    await Promise.all(got.map((one) => one.until(403)));
    assertEquals(got[0].records, got[1].records);
    assertEquals(got[0].places, Array.from({ length: 403 }, (_, i) => i + 1));
    assertEquals(got[0].texts.filter((one) => one.startsWith("a")), texts("a", 200));
    assertEquals(got[0].texts.filter((one) => one.startsWith("b")), texts("b", 200));
    assert(got[0].records.every(({ stampMs }) => stampMs >= fromMs && stampMs <= Date.now()));
    assertEquals((await first.log.extent()).last, 403);
  },
);

Deno.test(
  "NatsEngine: tells the same time of a record live and out of the log",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using engine = await connectEngine(nats.urls);
    await createLog(engine);
    const [live, stored] = [new RecordCollector(), new RecordCollector()];
    await using _live = engine.log.follow(1, live.onRecords);
    await appendAll(engine, texts("a", 20));
    await live.until(20);
    await using _stored = engine.log.follow(1, stored.onRecords);
    await stored.until(20);
    assertEquals(stored.records, live.records);
  },
);

Deno.test(
  "NatsEngine: reads a log of more records than one question asks for",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using engine = await connectEngine(nats.urls);
    await createLog(engine);
    await appendAll(engine, texts("a", 350));
    const got = new RecordCollector();
    await using _ = engine.log.follow(51, got.onRecords);
    await got.until(300);
    assertEquals(got.texts, texts("a", 350).slice(50));
  },
);

Deno.test("NatsEngine: reads the records that it was not told of", NEEDS_NATS, async () => {
  await using nats = await NatsCluster.start(1);
  let told = 0;
  const drop = droppingMessages((subject) => subject === "tc.test.live" && told++ % 3 !== 0);
  await using proxy = await Proxy.start(nats.nodes[0]!.port, [drop]);
  await using engine = await connectEngine([`nats://127.0.0.1:${proxy.port}`]);
  await createLog(engine);
  const got = new RecordCollector();
  await using _ = engine.log.follow(1, got.onRecords);
  await appendAll(engine, texts("a", 100));
  await got.until(100);
  assertEquals(got.texts, texts("a", 100));
  assert(told >= 100, `${told} were told`);
});

Deno.test(
  "NatsEngine: finds the last record though it was not told of it",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    const drop = droppingMessages((subject) => subject === "tc.test.live");
    await using proxy = await Proxy.start(nats.nodes[0]!.port, [drop]);
    await using engine = await connectEngine([`nats://127.0.0.1:${proxy.port}`]);
    await createLog(engine);
    const got = new RecordCollector();
    await using _ = engine.log.follow(1, got.onRecords);
    await appendAll(engine, ["only"]);
    await got.until(1);
  },
);

Deno.test(
  "NatsEngine: connects again, appends then what waited, and misses nothing",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using proxy = await Proxy.start(nats.nodes[0]!.port);
    await using near = await connectEngine(nats.urls);
    await using far = await connectEngine([`nats://127.0.0.1:${proxy.port}`]);
    await createLog(near);
    const got = new RecordCollector();
    await using _ = far.log.follow(1, got.onRecords);
    await appendAll(far, ["one"]);
    await got.until(1);
    const isLost = untilState(far, "lost");
    const gate = Promise.withResolvers<number>();
    proxy.target = gate.promise;
    proxy.cutAll("reset");
    await isLost;
    assertEquals(far.state, "lost");
    await appendAll(near, ["two", "three"]);
    const isBack = untilState(far, "connected");
    const appended = appendAll(far, ["four"]);
    gate.resolve(nats.nodes[0]!.port);
    await isBack;
    await within(appended, "the record that waited");
    await got.until(4);
    assertEquals(got.texts, ["one", "two", "three", "four"]);
  },
);

Deno.test(
  "NatsEngine: goes to a server of NATS that was down when it connected",
  NEEDS_NATS,
  async () => {
    await using first = await NatsCluster.start(1);
    await using second = await NatsCluster.start(1);
    const urls = [...first.urls, ...second.urls];
    await first.nodes[0]!.stop();
    await using engines = new AsyncDisposableStack();
    const opened: NatsEngine[] = [];
    // In which order an engine tries them is left to chance
    for (let i = 0; i < 8; i++) opened.push(engines.use(await connectEngine(urls)));
    await first.nodes[0]!.start();
    const areLost = opened.map((engine) => untilState(engine, "lost"));
    const areBack = opened.map((engine) => untilState(engine, "connected"));
    await second.nodes[0]!.stop();
    await Promise.all([...areLost, ...areBack]);
  },
);

Deno.test(
  "NatsEngine: appends again what a server of NATS has not acknowledged",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    let isMute = false;
    const drop = droppingMessages((subject) => isMute && subject.startsWith("_INBOX."));
    await using proxy = await Proxy.start(nats.nodes[0]!.port, [drop]);
    await using engine = await connectEngine([`nats://127.0.0.1:${proxy.port}`]);
    await createLog(engine);
    const got = new RecordCollector();
    await using _ = engine.log.follow(1, got.onRecords);
    isMute = true;
    const appended = appendAll(engine, ["twice"]);
    await got.until(2);
    isMute = false;
    await within(appended, "the acknowledgement");
    assertEquals(new Set(got.texts), new Set(["twice"]));
  },
);

Deno.test("NatsEngine: leaves a server of NATS that acknowledges nothing", NEEDS_NATS, async () => {
  await using nats = await NatsCluster.start(1);
  await using proxy = await Proxy.start(nats.nodes[0]!.port, [
    droppingMessages((subject) => proxy.links.length === 1 && subject.startsWith("_INBOX.")),
  ]);
  await using direct = await connectEngine(nats.urls);
  await createLog(direct);
  await using engine = await connectEngine([`nats://127.0.0.1:${proxy.port}`]);
  await within(appendAll(engine, ["at last"]), "an acknowledgement by another connection");
  assertEquals(proxy.links.length, 2);
});

Deno.test("NatsEngine: stops appending when the signal fires", NEEDS_NATS, async () => {
  await using nats = await NatsCluster.start(1);
  await using engine = await connectEngine(nats.urls);
  const stopping = new AbortController();
  const appended = appendAll(engine, ["there is no log"], stopping.signal);
  stopping.abort(new Error("enough"));
  await assertRejects(() => within(appended, "the end"), Error, "enough");
});

Deno.test("NatsEngine: makes one log though several ask for it at once", NEEDS_NATS, async () => {
  await using nats = await NatsCluster.start(1);
  await using one = await connectEngine(nats.urls);
  await using two = await connectEngine(nats.urls);
  await Promise.all([createLog(one), createLog(two)]);
  const [first, second] = await Promise.all([one.log.extent(), two.log.extent()]);
  assertEquals(first, second);
  assertEquals([first.first, first.last], [1, 0]);
  assertEquals(await one.log.keepers(), { replicas: 1, leader: null, inStep: 1 });
  await appendAll(one, ["a"]);
  await createLog(two);
  assertEquals(await two.log.extent(), { epoch: first.epoch, first: 1, last: 1 });
});

Deno.test("NatsEngine: says what is the case where it cannot be used", NEEDS_NATS, async () => {
  const away = [`nats://127.0.0.1:${freePort()}`];
  const gone = await assertRejects(() => connectEngine(away), EngineError);
  assertEquals(gone.code, "unreachable");
  await using nats = await NatsCluster.start(1, {
    extra: `authorization { user: a, password: "secret" }`,
  });
  const denied = await assertRejects(() => connectEngine(nats.urls), EngineError);
  assertEquals(denied.code, "denied");
  const options = { servers: nats.urls, name: "test", ca: null, credentials: "no seed" };
  const bad = await assertRejects(() => NatsEngine.connect(options), EngineError);
  assertEquals(bad.code, "bad-credentials");
});

Deno.test("NatsEngine: says that there is no log, or no room for one", NEEDS_NATS, async () => {
  await using nats = await NatsCluster.start(1);
  await using engine = await connectEngine(nats.urls);
  const missing = await assertRejects(() => engine.log.extent(), EngineError);
  assertEquals(missing.code, "no-log");
  const full = await assertRejects(() => engine.log.create(newEpoch(), 2 ** 50), EngineError);
  assertEquals(full.code, "too-small");
  assertStringIncludes(full.message, "NATS has no room for its 1048576 GiB (max_file_store): ");
});

testEngine("NatsEngine", async () => {
  const nats = await NatsCluster.start(1);
  return {
    connect: () => connectEngine(nats.urls),
    [Symbol.asyncDispose]: () => nats[Symbol.asyncDispose](),
  };
}, NEEDS_NATS);
