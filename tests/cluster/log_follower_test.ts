import { assertEquals } from "@std/assert";
import { EngineError } from "../../lib/cluster/engine.ts";
import { LogFollower } from "../../lib/cluster/log_follower.ts";
import { Prng } from "../helpers/prng.ts";
import { RecordCollector } from "../helpers/record_collector.ts";
import { ScriptedLog } from "../helpers/scripted_log.ts";
import { until } from "../helpers/serves_on.ts";

/** Ends a test that would otherwise wait for the next look at the end of the log. */
const QUICK = { graceMs: 1, tailMs: 60_000 };

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

Deno.test("LogFollower: hands on what is stored from a place on, then what is told", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(7);
  await using _ = new LogFollower(log, 3, got.onRecords, got.onBreak, QUICK);
  await got.until(5);
  log.store(2);
  log.tell(8, 9);
  await got.until(7);
  assertEquals(got.places, range(3, 9));
  assertEquals(got.broken, []);
});

Deno.test("LogFollower: hands on together what is told in one turn", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, QUICK);
  log.store(5);
  log.tell(1, 2, 3);
  await got.until(3);
  log.tell(4, 5);
  await got.until(5);
  assertEquals(got.calls, [3, 2]);
});

Deno.test("LogFollower: drops what it is told twice", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(4);
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, QUICK);
  await got.until(4);
  log.store(1);
  log.tell(3, 4, 4, 5, 5, 1);
  await got.until(5);
  assertEquals(got.places, range(1, 5));
});

Deno.test("LogFollower: reads only the gap before a record that came too early", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(2);
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, QUICK);
  await got.until(2);
  log.store(6);
  log.tell(3, 6, 7, 8);
  await got.until(8);
  assertEquals(got.places, range(1, 8));
  assertEquals(log.reads, ["1-2", "4-5"]);
});

Deno.test("LogFollower: forgets a record that is told while it is read", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(2);
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, QUICK);
  await got.until(2);
  log.onRead = () => log.tell(6);
  log.store(8);
  log.tell(10);
  await got.until(10);
  log.store(2);
  log.tell(12);
  await got.until(12);
  assertEquals(got.places, range(1, 12));
  assertEquals(log.reads, ["1-2", "3-9", "11-11"]);
});

Deno.test("LogFollower: reads nothing if a late record comes in time", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, { graceMs: 60_000 });
  log.store(1);
  log.tell(1);
  await got.until(1);
  log.store(2);
  log.tell(3, 2);
  await got.until(3);
  assertEquals([got.places, log.reads], [[1, 2, 3], []]);
});

Deno.test("LogFollower: finds records of which it is told nothing by asking for the end", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  const options = { graceMs: 1, tailMs: 5 };
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, options);
  log.store(3);
  await got.until(3);
  log.store(2);
  await got.until(5);
  assertEquals(got.places, range(1, 5));
});

Deno.test("LogFollower: asks for the end at once after a lost connection", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(1);
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, QUICK);
  await got.until(1);
  log.store(2);
  log.reportGap();
  await got.until(3);
});

Deno.test("LogFollower: reads again what it could not keep before a gap", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(1);
  const options = { ...QUICK, aheadBytes: 2 };
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, options);
  await got.until(1);
  log.store(8);
  log.tell(...range(3, 9));
  await got.until(9);
  assertEquals(got.places, range(1, 9));
});

Deno.test("LogFollower: goes on after a read that failed", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  const read = log.read.bind(log);
  let failures = 0;
  log.read = (from, to) => {
    if (failures++ === 0) throw new Error("no answer");
    return read(from, to);
  };
  log.store(3);
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, QUICK);
  await got.until(3);
});

Deno.test("LogFollower: tells about another log, and hands on nothing of it", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(2);
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, QUICK);
  await got.until(2);
  log.epoch = "2";
  log.store(1);
  log.reportGap();
  assertEquals(await got.untilBroken(), "replaced");
  log.tell(3);
  assertEquals([got.places, got.broken], [[1, 2], ["replaced"]]);
});

Deno.test("LogFollower: tells about a log that begins after its place", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(9);
  log.first = 5;
  await using _ = new LogFollower(log, 4, got.onRecords, got.onBreak, QUICK);
  assertEquals(await got.untilBroken(), "trimmed");
  assertEquals(got.places, []);
});

Deno.test("LogFollower: follows a log that begins at its place", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(9);
  log.first = 5;
  await using _ = new LogFollower(log, 5, got.onRecords, got.onBreak, QUICK);
  await got.until(5);
  assertEquals(got.places, range(5, 9));
});

Deno.test("LogFollower: believes that the log has lost its end only after a while", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(4);
  const options = { graceMs: 1, tailMs: 1, shortMs: 50 };
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, options);
  await got.until(4);
  log.told = 3; // A leader that the others have left
  log.reportGap();
  log.told = null;
  log.store(1);
  log.tell(5);
  await got.until(5);
  assertEquals(got.broken, []);
  log.told = 2;
  assertEquals(await got.untilBroken(), "shortened");
});

Deno.test("LogFollower: believes that the log is gone only after a while", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(2);
  const options = { graceMs: 1, tailMs: 1, shortMs: 50 };
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, options);
  await got.until(2);
  log.failure = new EngineError("no-log", "gone");
  log.reportGap();
  log.failure = null; // Its servers have found it
  log.store(1);
  log.tell(3);
  await got.until(3);
  assertEquals(got.broken, []);
  log.failure = new EngineError("no-log", "gone");
  assertEquals(await got.untilBroken(), "shortened");
});

Deno.test("LogFollower: tells about a record that the log has lost, and hands on nothing behind it", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(5);
  log.lost.add(3);
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, { missingMs: 20 });
  await got.until(2);
  log.store(2);
  log.tell(6, 7);
  assertEquals(await got.untilBroken(), "missing");
  assertEquals([got.places, got.broken], [[1, 2], ["missing"]]);
  assertEquals([...new Set(log.reads)], ["1-5", "3-5", "3-3"]); // No more than what is missing is read again
});

Deno.test("LogFollower: believes that the log has lost a record only after a while", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(3);
  log.lost.add(2);
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, QUICK);
  await until(() => log.reads.length >= 3, "several looks");
  log.lost.clear(); // Another leader has it
  await got.until(3);
  assertEquals(got.broken, []);
});

Deno.test("LogFollower: takes for lost neither what is told and not stored yet, nor what cannot be read", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(3);
  log.told = 2; // The record 3 is told before its leader counts it
  log.lost.add(3);
  const options = { graceMs: 1, tailMs: 1, missingMs: 0 };
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, options);
  await got.until(2);
  log.store(1);
  log.tell(4);
  await until(() => log.reads.length >= 3, "several looks");
  log.onRead = () => {
    throw new Error("no answer");
  };
  log.told = null;
  const reads = log.reads.length;
  await until(() => log.reads.length >= reads + 2, "reads that fail");
  assertEquals([got.places, got.broken], [[1, 2], []]);
  log.onRead = () => {};
  assertEquals(await got.untilBroken(), "missing");
});

Deno.test("LogFollower: tells for how long the leader has not answered", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(1);
  await using follower = new LogFollower(log, 1, got.onRecords, got.onBreak, {
    graceMs: 1,
    tailMs: 1,
  });
  await got.until(1);
  log.failure = new EngineError("no-leader", "it is frozen");
  await until(() => follower.unansweredMs >= 200, "the silence");
  log.failure = null;
  await until(() => follower.unansweredMs < 200, "an answer");
  assertEquals(got.broken, []);
});

Deno.test("LogFollower: hands on each record once in order, whatever is told", async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const prng = new Prng(seed);
    const log = new ScriptedLog();
    const got = new RecordCollector();
    const options = { graceMs: 0, tailMs: 1 };
    await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, options);
    for (let turn = 0; turn < 20; turn++) {
      log.store(prng.below(5));
      const places = range(1, log.stored.length).filter((place) =>
        prng.below(100) < (place > log.stored.length - 5 ? 70 : 2)
      );
      log.tell(...places.sort(() => prng.below(2) - 0.5));
      await Promise.resolve();
    }
    await got.until(log.stored.length);
    assertEquals(got.places, range(1, log.stored.length), `seed ${seed}`);
  }
});
