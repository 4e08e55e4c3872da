import { assertEquals } from "@std/assert";
import { Patience } from "../../lib/cluster/patience.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

/** What comes of failures at some times: whether the wait is over, and what is reported. */
function failAt(waitMs: number | null, ...times: number[]) {
  using clock = new FakeClock();
  const reports: string[] = [];
  const patience = new Patience({ waitMs, onWait: (reason) => reports.push(reason) });
  const startMs = clock.nowMs;
  const over = times.map((ms) => {
    clock.nowMs = startMs + ms;
    return patience.isOver(`${ms}`);
  });
  return { over, reports };
}

Deno.test("Patience: reports the first failure, and one every ten seconds, for ever", () => {
  assertEquals(failAt(null, 5, 500, 10_004, 10_005, 20_004, 20_005, 1e9), {
    over: [false, false, false, false, false, false, false],
    reports: ["5", "10005", "20005", "1000000000"],
  });
});

Deno.test("Patience: is over after its time, at once without any, and does not report the last failure", () => {
  assertEquals(failAt(100, 99, 100), { over: [false, true], reports: ["99"] });
  assertEquals(failAt(0, 0), { over: [true], reports: [] });
});
