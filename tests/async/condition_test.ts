import { assertEquals } from "@std/assert";
import { Condition } from "../../lib/async/condition.ts";
import { flushTasks } from "../helpers/fake_clock.ts";

Deno.test("Condition.notifyAll: resolves all pending waits, and no later one", async () => {
  const condition = new Condition();
  const log: string[] = [];
  const wait = (name: string) => condition.wait().then(() => log.push(name));
  condition.notifyAll(); // No wait is pending
  wait("a");
  wait("b");
  await flushTasks();
  assertEquals(log, []);
  condition.notifyAll();
  wait("c");
  await flushTasks();
  assertEquals(log, ["a", "b"]);
  condition.notifyAll();
  await flushTasks();
  assertEquals(log, ["a", "b", "c"]);
});
