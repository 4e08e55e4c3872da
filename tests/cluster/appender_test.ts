import { assert, assertEquals } from "@std/assert";
import { Appender } from "../../lib/cluster/appender.ts";
import { encodeRecord } from "../../lib/cluster/record.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { CLUSTER_LIMITS } from "../../lib/protocol/cluster_limits.ts";
import { within } from "../helpers/deadline.ts";
import { numbered, openAppender, refusal, said, say, textsOf } from "../helpers/recording_log.ts";
import { through } from "../helpers/through.ts";

Deno.test("Appender.append: gathers the entries of a turn, and has one record in flight", async () => {
  const { log, appender } = openAppender();
  using _ = appender;
  const first = ["a", "b"].map((text) => appender.append(say(text)));
  const record = await log.count(1);
  assertEquals([record.origin, record.n, textsOf(record)], ["a.1", 1, ["a", "b"]]);
  const later = ["c", "d", "e"].map((text) => appender.append(say(text)));
  appender.settle(7, []); // Not the one in flight
  assertEquals(log.published.length, 1);
  appender.settle(1, numbered(record, 1));
  assertEquals(await Promise.all(first), [{ seq: 1, time: 5 }, { seq: 2, time: 5 }]);
  const next = await log.count(2);
  assertEquals([next.n, textsOf(next)], [2, ["c", "d", "e"]]);
  appender.settle(2, numbered(next, 3));
  assertEquals(await Promise.all(later), through(3, 5).map((seq) => ({ seq, time: 5 })));
  assertEquals(appender.pendingCount, 0);
});

Deno.test("Appender.append: fills a record up to the limit of entries, and of bytes", async () => {
  const { log, appender } = openAppender();
  using _ = appender;
  const { recordEntries, entryBytes, recordBytes } = CLUSTER_LIMITS;
  const all = through(1, recordEntries + 1).map((i) => appender.append(say(`${i}`)));
  const record = await log.count(1);
  assertEquals(record.entries.length, recordEntries);
  appender.settle(1, numbered(record, 1));
  const rest = await log.count(2);
  assertEquals(textsOf(rest), [`${recordEntries + 1}`]);
  const frame = JSON.stringify(say("")).length;
  const room = entryBytes - frame;
  const most = say("x".repeat(room % 2) + "é".repeat(room >> 1));
  const large = [1, 2, 3].map(() => appender.append(most));
  const tooLarge = say("x".repeat(room + 1));
  assertEquals(await refusal(appender.append(tooLarge)), ["too-large", null]);
  large.push(...[1, 2].map(() => appender.append(say("x".repeat(room - 1_000)))));
  appender.settle(2, numbered(rest, 1));
  // Two of the largest leave no room for the head of a record
  for (const [number, count] of [[3, 1], [4, 1], [5, 2], [6, 1]] as const) {
    const record = await log.count(number);
    assertEquals(record.entries.length, count);
    assert(record.bytes <= recordBytes, `${record.bytes}`);
    appender.settle(number, numbered(record, 1));
  }
  await Promise.all([...all, ...large]);
});

Deno.test("Appender.append: refuses more waiting entries than the limit", async () => {
  const { log, appender } = openAppender();
  const { waitingEntries } = CLUSTER_LIMITS;
  appender.pause(true);
  const waiting = through(1, waitingEntries).map((i) => appender.append(say(`${i}`)));
  assertEquals(await refusal(appender.append(say("more"))), ["busy", "cluster-stalled"]);
  appender.pause(false);
  await log.count(1);
  const more = appender.append(say("fits now"));
  const refused = [...waiting, more].map(refusal);
  appender[Symbol.dispose]();
  assertEquals(
    new Set((await Promise.all(refused)).map(([code, reason]) => `${code} ${reason}`)),
    new Set(["busy outcome-unknown", "shutting-down null"]), // One is in flight
  );
});

Deno.test("Appender.append: refuses what waits for too long, but never what is in flight", async () => {
  const { log, appender } = openAppender({ stalledMs: 30 });
  using _ = appender;
  const inFlight = appender.append(say("in flight"));
  const record = await log.count(1);
  const ran: string[] = [];
  const waits = appender.append(say("waits"));
  appender.after(() => ran.push("after"));
  assertEquals(await refusal(waits), ["busy", "cluster-stalled"]);
  assertEquals(ran, []);
  appender.settle(1, numbered(record, 1));
  assertEquals(await inFlight, { seq: 1, time: 5 });
  assertEquals(ran, ["after"]);
});

Deno.test("Appender.settle: rejects what all servers refuse, and resolves the others", async () => {
  const { log, appender } = openAppender();
  using _ = appender;
  const [taken, given] = [appender.append(say("a")), appender.append(say("b"))];
  await log.count(1);
  appender.settle(1, [{ kind: null, error: new RequestError("exists") }, said(1)]);
  assertEquals(await refusal(taken), ["exists", null]);
  assertEquals(await given, { seq: 1, time: 5 });
});

Deno.test("Appender.restart: appends again what the former incarnation had in flight, first", async () => {
  const { log, appender } = openAppender();
  using _ = appender;
  const all = [appender.append(say("a"), "token a")];
  const lost = await log.count(1);
  all.push(appender.append(say("b")));
  assertEquals(appender.tokensOf(1), ["token a"]);
  appender.restart("a.2");
  assert(lost.signal.aborted);
  const record = await log.count(2);
  assertEquals([record.origin, record.n, textsOf(record)], ["a.2", 1, ["a", "b"]]);
  assertEquals(appender.tokensOf(1), ["token a", null]);
  appender.settle(1, numbered(record, 1));
  await Promise.all(all);
});

Deno.test("Appender.pause: keeps what waits from leaving, until it is over", async () => {
  const { log, appender } = openAppender();
  using _ = appender;
  appender.pause(true);
  const said = appender.append(say("a"));
  await new Promise((resolve) => setTimeout(resolve, 5)); // It would have left in the next turn
  assertEquals(log.published.length, 0);
  appender.pause(false);
  const record = await log.count(1);
  appender.settle(1, numbered(record, 1));
  await said;
});

Deno.test("Appender.refuse: refuses what waits and comes later with an error, until it is over", async () => {
  const { log, appender } = openAppender();
  using _ = appender;
  const inFlight = appender.append(say("a"));
  const record = await log.count(1);
  const waits = appender.append(say("b"));
  appender.refuse(new RequestError("no-space"));
  assertEquals(await refusal(waits), ["no-space", null]);
  assertEquals(await refusal(appender.append(say("c"))), ["no-space", null]);
  appender.refuse(null);
  appender.settle(1, numbered(record, 1));
  assertEquals(await inFlight, { seq: 1, time: 5 });
  appender.append(say("d"));
  assertEquals(textsOf(await log.count(2)), ["d"]);
  appender.settle(2, numbered(await log.count(2), 2));
});

Deno.test("Appender.after: runs its action once all earlier entries have come to something", async () => {
  const { log, appender } = openAppender();
  using _ = appender;
  const ran: number[] = [];
  appender.after(() => ran.push(0));
  assertEquals(ran, [0]);
  appender.append(say("a"));
  appender.after(() => ran.push(1));
  const record = await log.count(1);
  appender.append(say("b"));
  appender.after(() => ran.push(2));
  appender.settle(1, numbered(record, 1));
  assertEquals(ran, [0, 1]);
  appender.settle(2, numbered(await log.count(2), 2));
  assertEquals(ran, [0, 1, 2]);
});

Deno.test("Appender: abandons what was appended, and takes what comes later", async () => {
  const { log, appender } = openAppender();
  using _ = appender;
  const inFlight = appender.append(say("in flight"));
  await log.count(1);
  const waiting = appender.append(say("waits"));
  appender.abandon();
  assertEquals(await refusal(inFlight), ["busy", "outcome-unknown"]);
  assertEquals(await refusal(waiting), ["shutting-down", null]);
  const last = appender.append(say("last"));
  appender.settle(1, numbered(log.published[0]!, 1));
  assertEquals(textsOf(await log.count(2)), ["last"]);
  appender.settle(2, [said(2)]);
  assertEquals(await last, { seq: 2, time: 5 });
});

Deno.test("Appender: appends a record again that was acknowledged and does not come back", async () => {
  const payloads: string[] = [];
  const thrice = Promise.withResolvers<void>();
  const log = {
    append(payload: Uint8Array): Promise<void> {
      payloads.push(new TextDecoder().decode(payload));
      if (payloads.length === 3) thrice.resolve();
      return Promise.resolve();
    },
  };
  const encode = (origin: string, n: number, entries: readonly Uint8Array[]) =>
    encodeRecord({ origin, n, seenPlace: 1, seenChain: "0".repeat(16) }, entries);
  using appender = new Appender({ log, incarnation: "a.1", encode, againMs: 1 });
  const saying = appender.append(say("hello"));
  await within(thrice.promise, "three records");
  appender.settle(1, [said(1)]);
  assertEquals(await saying, { seq: 1, time: 5 });
  assertEquals(new Set(payloads).size, 1);
});
