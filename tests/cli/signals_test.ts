import { assertEquals } from "@std/assert";
import {
  hangupStops,
  onceWithin,
  stopGraceMs,
  stopSignals,
} from "../../lib/cli/terminal/signals.ts";

Deno.test("stopSignals: holds Ctrl-Break on Windows, which no other system knows", () => {
  assertEquals(stopSignals("windows"), ["SIGINT", "SIGTERM", "SIGBREAK"]);
  for (const platform of ["linux", "darwin"] as const) {
    assertEquals(stopSignals(platform), ["SIGINT", "SIGTERM"]);
  }
});

Deno.test("stopGraceMs, hangupStops: a stop on Windows is over before the system kills the program", () => {
  assertEquals([stopGraceMs("windows"), hangupStops("windows")], [4_000, true]);
  for (const platform of ["linux", "darwin"] as const) {
    assertEquals([stopGraceMs(platform), hangupStops(platform)], [10_000, false]);
  }
});

Deno.test({
  name: "stopSignals: Windows takes a listener for each, and for SIGHUP",
  ignore: Deno.build.os !== "windows",
  fn() {
    for (const signal of [...stopSignals("windows"), "SIGHUP" as const]) {
      const listener = () => {};
      Deno.addSignalListener(signal, listener);
      Deno.removeSignalListener(signal, listener);
    }
  },
});

Deno.test("onceWithin: drops the calls of a while after the first one, and no later one", () => {
  let now = 1_000;
  const calls: number[] = [];
  const listener = onceWithin(500, () => calls.push(now), () => now);
  for (now of [1_000, 1_000, 1_499, 1_500, 1_501]) listener();
  assertEquals(calls, [1_000, 1_500, 1_501]);
});
