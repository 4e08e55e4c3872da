import { assertEquals } from "@std/assert";
import { stopSignals } from "../../lib/cli/terminal/signals.ts";

Deno.test("stopSignals: holds Ctrl-Break on Windows, which no other system knows", () => {
  assertEquals(stopSignals("windows"), ["SIGINT", "SIGTERM", "SIGBREAK"]);
  for (const platform of ["linux", "darwin"] as const) {
    assertEquals(stopSignals(platform), ["SIGINT", "SIGTERM"]);
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
