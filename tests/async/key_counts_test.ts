import { assertEquals } from "@std/assert";
import { KeyCounts } from "../../lib/async/key_counts.ts";

Deno.test("KeyCounts: counts each key", () => {
  const counts = new KeyCounts<string>();
  counts.increment("a");
  counts.increment("a");
  counts.increment("b");
  assertEquals([counts.of("a"), counts.of("b"), counts.of("c")], [2, 1, 0]);
  counts.decrement("a");
  counts.decrement("b");
  assertEquals([counts.of("a"), counts.of("b")], [1, 0]);
});

Deno.test("KeyCounts: decrement does not go below zero, and clear forgets all", () => {
  const counts = new KeyCounts<string>();
  counts.decrement("a");
  counts.increment("a");
  assertEquals(counts.of("a"), 1);
  counts.clear();
  assertEquals(counts.of("a"), 0);
});
