import { assertEquals, assertRejects } from "@std/assert";
import { BusError, type Engine, EngineError } from "../../lib/cluster/engine.ts";
import { within } from "../helpers/deadline.ts";
import { RecordCollector } from "../helpers/record_collector.ts";
import { through } from "../helpers/through.ts";

/** An engine without a log, and how servers connect to it. Disposal ends it. */
export interface EngineService extends AsyncDisposable {
  /** Connects a server. The caller disposes of the engine. */
  connect(): Promise<Engine>;
}

/** Options of the tests of an engine. */
export interface EngineContractOptions {
  readonly ignore: boolean;
}

const EPOCH = "00112233445566778899aabbccddeeff";
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (payload: Uint8Array) => new TextDecoder().decode(payload);

async function append({ log }: Engine, ...texts: string[]): Promise<void> {
  const { signal } = new AbortController();
  for (const each of texts) await within(log.append(bytes(each), signal), "an acknowledgement");
}

/** What every {@link Engine} does. */
export function testEngine(
  name: string,
  start: () => Promise<EngineService>,
  { ignore }: EngineContractOptions = { ignore: false },
): void {
  const test = (what: string, run: (one: Engine, two: Engine) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, { ignore }, async () => {
      await using service = await start();
      await using one = await service.connect();
      await using two = await service.connect();
      await run(one, two);
    });

  test("has no log before one is made, and then one for all", async (one, two) => {
    const error = await assertRejects(() => one.log.extent(), EngineError);
    assertEquals(error.code, "no-log");
    assertEquals(await one.log.create(EPOCH), { epoch: EPOCH, first: 1, last: 0 });
    assertEquals(await two.log.create("f".repeat(32)), { epoch: EPOCH, first: 1, last: 0 });
    await append(one, "a");
    assertEquals(await two.log.extent(), { epoch: EPOCH, first: 1, last: 1 });
  });

  test("hands on all records from a place on, then new ones, alike to all", async (one, two) => {
    await one.log.create(EPOCH);
    await append(one, "a", "b", "c");
    const [all, some] = [new RecordCollector(), new RecordCollector()];
    await using _all = one.log.follow(1, all.onRecords);
    await using _some = two.log.follow(3, some.onRecords);
    await Promise.all([append(one, "d", "e"), append(two, "f", "g")]);
    await all.until(7);
    await some.until(5);
    assertEquals(all.places, through(1, 7));
    assertEquals(all.texts.slice(0, 3), ["a", "b", "c"]);
    assertEquals(all.texts.slice(3).sort(), ["d", "e", "f", "g"]);
    assertEquals(some.records, all.records.slice(2));
  });

  test("hands on nothing after the end of following", async (one, two) => {
    await one.log.create(EPOCH);
    const [ended, other] = [new RecordCollector(), new RecordCollector()];
    const following = one.log.follow(1, ended.onRecords);
    await append(one, "a");
    await ended.until(1);
    await following[Symbol.asyncDispose]();
    await using _ = two.log.follow(1, other.onRecords);
    await append(two, "b");
    await other.until(2);
    assertEquals(ended.texts, ["a"]);
  });

  test("rejects an append whose signal has fired", async (one) => {
    await one.log.create(EPOCH);
    const stopped = AbortSignal.abort(new Error("enough"));
    await assertRejects(() => one.log.append(bytes("a"), stopped), Error, "enough");
    assertEquals((await one.log.extent()).last, 0);
  });

  test("publishes to all that listen, and to one of a group", async (one, two) => {
    const heard: string[] = [];
    const last = Promise.withResolvers<void>();
    using _all = two.bus.subscribe("tc.t.say", ({ payload }) => heard.push(text(payload)));
    using _first = two.bus.subscribe("tc.t.say", () => heard.push("one of two"), "group");
    using _second = two.bus.subscribe("tc.t.say", () => heard.push("one of two"), "group");
    using _last = two.bus.subscribe("tc.t.last", () => last.resolve());
    await two.bus.request("tc.t.nobody", bytes(""), 1_000).catch(() => {}); // The subscriptions are there
    one.bus.publish("tc.t.say", bytes("hello"));
    one.bus.publish("tc.t.last", bytes(""));
    await within(last.promise, "the last message");
    assertEquals(heard.sort(), ["hello", "one of two"]);
  });

  test(
    "hands on answers each in a buffer of its own, which can be given away",
    async (one, two) => {
      const texts = Array.from({ length: 20 }, (_, index) => `answer ${index}`);
      using _echo = two.bus.subscribe("tc.t.echo", (message) => message.respond(message.payload));
      await two.bus.request("tc.t.nobody", bytes(""), 1_000).catch(() => {}); // The subscription is there
      const answers = await Promise.all(
        texts.map((each) => one.bus.request("tc.t.echo", bytes(each), 2_000)),
      );
      const given = answers.map((each) => structuredClone(each, { transfer: [each.buffer] }));
      assertEquals(given.map(text), texts);
      assertEquals(given.map(({ buffer }) => buffer.byteLength), texts.map(({ length }) => length));
    },
  );

  test("answers a request; says that nobody listens, or is too late", async (one, two) => {
    using _echo = two.bus.subscribe("tc.t.echo", (message) => message.respond(message.payload));
    using _mute = two.bus.subscribe("tc.t.mute", () => {});
    await two.bus.request("tc.t.nobody", bytes(""), 1_000).catch(() => {}); // The subscriptions are there
    assertEquals(text(await one.bus.request("tc.t.echo", bytes("hello"), 2_000)), "hello");
    const ask = async (subject: string) =>
      (await assertRejects(() => one.bus.request(subject, bytes(""), 50), BusError)).code;
    assertEquals([await ask("tc.t.nobody"), await ask("tc.t.mute")], ["nobody", "late"]);
  });
}
