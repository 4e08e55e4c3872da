import { assert, assertEquals, assertFalse } from "@std/assert";
import { BoundedMap } from "../../lib/async/bounded_map.ts";

Deno.test("BoundedMap: holds maxSize entries, and drops the oldest for a new one", () => {
  const map = new BoundedMap<string, number>(3);
  for (const [i, key] of ["a", "b", "c"].entries()) map.set(key, i);
  assertEquals([map.size, map.get("a")], [3, 0]);
  map.set("d", 3);
  assertEquals(map.size, 3);
  assertEquals(["a", "b", "c", "d"].map((key) => map.get(key)), [undefined, 1, 2, 3]);
});

Deno.test("BoundedMap.set: makes a key the newest when set again, and drops nothing", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  map.set("a", 3);
  assertEquals(["a", "b"].map((key) => map.get(key)), [3, 2]);
  map.set("c", 4);
  assertEquals(["a", "b", "c"].map((key) => map.get(key)), [3, undefined, 4]);
});

Deno.test("BoundedMap.delete: makes room", () => {
  const map = new BoundedMap<string, number>(1);
  map.set("a", 1);
  assert(map.delete("a"));
  assertFalse(map.delete("a"));
  assertEquals(map.size, 0);
});
