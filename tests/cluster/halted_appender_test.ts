import { assert, assertEquals } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { ClusterHubs, enterQuietly } from "../helpers/cluster_hubs.ts";
import { numbered, openAppender, refusal, say, textsOf } from "../helpers/recording_log.ts";

Deno.test("Appender.refuse: gives up what is in flight after its time, and tells that its outcome is unknown", async () => {
  const { log, appender } = openAppender({ unknownMs: 20 });
  using _ = appender;
  const inFlight = appender.append(say("in flight"));
  const record = await log.count(1);
  const ran: string[] = [];
  appender.after(() => ran.push("after"));
  const halted = new RequestError("busy", undefined, { reason: "cluster-stalled" });
  appender.refuse(halted);
  assertEquals(await refusal(appender.append(say("later"))), ["busy", "cluster-stalled"]);
  assertEquals(await refusal(inFlight), ["busy", "outcome-unknown"]);
  assertEquals([record.signal.aborted, ran], [false, []]);
  appender.refuse(null);
  const next = appender.append(say("next"));
  appender.settle(1, numbered(record, 1));
  assertEquals(ran, ["after"]);
  appender.settle(2, numbered(await log.count(2), 2));
  assertEquals(await next, { seq: 2, time: 5 });
});

Deno.test("Appender.refuse: keeps what waits for a while first, and lets nothing leave", async () => {
  const { log, appender } = openAppender();
  using _ = appender;
  const halted = new RequestError("busy", undefined, { reason: "cluster-stalled" });
  appender.refuse(halted, 30);
  const waits = appender.append(say("waits"));
  assertEquals(await refusal(waits), ["busy", "cluster-stalled"]);
  assertEquals(log.published, []);
  const late = performance.now();
  assertEquals(await refusal(appender.append(say("late"))), ["busy", "cluster-stalled"]);
  assert(performance.now() - late < 20); // At once
  appender.refuse(null);
  appender.refuse(halted, 60_000);
  const kept = appender.append(say("kept"));
  appender.refuse(null);
  const record = await log.count(1);
  assertEquals(textsOf(record), ["kept"]);
  appender.settle(1, numbered(record, 1));
  await kept;
});

Deno.test("Appender.refuse: goes on to wait for what is in flight where entries are taken again in time", async () => {
  const { log, appender } = openAppender({ unknownMs: 50 });
  const other = openAppender({ unknownMs: 50 });
  using _ = appender;
  using _other = other.appender;
  const inFlight = appender.append(say("in flight"));
  const lost = other.appender.append(say("lost"));
  const [record] = await Promise.all([log.count(1), other.log.count(1)]);
  appender.refuse(new RequestError("no-space"));
  appender.refuse(null);
  other.appender.refuse(new RequestError("no-space"));
  assertEquals(await refusal(lost), ["busy", "outcome-unknown"]); // And it would have been before
  appender.settle(1, numbered(record, 1));
  assertEquals(await inFlight, { seq: 1, time: 5 });
});

Deno.test("Appender.restart: refuses what members have said that have left, in flight or waiting", async () => {
  const { log, appender } = openAppender();
  using _ = appender;
  await using hubs = new ClusterHubs(1);
  const [gone, there] = [1, 2].map((number) => enterQuietly(hubs.hubs[0]!, number));
  const said = ([["a", gone], ["b", there]] as const).map(([text, by]) =>
    appender.append(say(text), by)
  );
  await log.count(1);
  const waits = ([["c", gone], ["d", there]] as const).map(([text, by]) =>
    appender.append(say(text), by)
  );
  hubs.hubs[0]!.leave(gone!);
  appender.restart("a.2");
  for (const each of [said[0]!, waits[0]!]) {
    assertEquals(await refusal(each), ["busy", "cluster-stalled"]);
  }
  const record = await log.count(2);
  assertEquals(textsOf(record), ["b", "d"]);
  appender.settle(1, numbered(record, 1));
  await Promise.all([said[1], waits[1]]);
  assertEquals(appender.pendingCount, 0);
});

Deno.test("Appender.restart: does not append what was given up: its sender may have said it elsewhere", async () => {
  const { log, appender } = openAppender();
  using _ = appender;
  const inFlight = appender.append(say("given up"));
  await log.count(1);
  const ran: string[] = [];
  appender.after(() => ran.push("after"));
  appender.abandon();
  assertEquals(await refusal(inFlight), ["busy", "outcome-unknown"]);
  appender.restart("a.2");
  assertEquals(ran, ["after"]);
  const next = appender.append(say("next"));
  const record = await log.count(2);
  assertEquals([record.origin, record.n, textsOf(record)], ["a.2", 1, ["next"]]);
  appender.settle(1, numbered(record, 1));
  await next;
});
