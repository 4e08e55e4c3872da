import { assertEquals } from "@std/assert";
import { Latch } from "../../lib/async/latch.ts";
import { flushTasks } from "../helpers/fake_clock.ts";

Deno.test("Latch.open: resolves all pending waits, and no later one", async () => {
  const latch = new Latch();
  const log: string[] = [];
  const wait = (name: string) => latch.wait().then(() => log.push(name));
  latch.open(); // No wait is pending
  wait("a");
  wait("b");
  await flushTasks();
  assertEquals(log, []);
  latch.open();
  wait("c");
  await flushTasks();
  assertEquals(log, ["a", "b"]);
  latch.open();
  await flushTasks();
  assertEquals(log, ["a", "b", "c"]);
});
