import { assertEquals } from "@std/assert";
import { LogFollower } from "../../lib/cluster/log_follower.ts";
import { RecordCollector } from "../helpers/record_collector.ts";
import { ScriptedLog } from "../helpers/scripted_log.ts";
import { until } from "../helpers/serves_on.ts";

Deno.test("LogFollower: tells how many records a log lacks, and believes in no end of one that grows", async () => {
  const log = new ScriptedLog();
  const got = new RecordCollector();
  log.store(9);
  const counts: number[] = [];
  const onShort = (count: number) => {
    counts.push(count);
    log.told = 9 - count + 1; // As a server fills it
  };
  const options = { graceMs: 1, tailMs: 1, shortMs: 100, fillMs: 30, onShort };
  await using _ = new LogFollower(log, 1, got.onRecords, got.onBreak, options);
  await got.until(9);
  log.told = 4;
  await until(() => log.told === 9, "a log that is filled");
  log.told = null;
  log.store(1);
  log.tell(10);
  await got.until(10);
  assertEquals([counts, got.broken], [[5, 4, 3, 2, 1], []]);
});
