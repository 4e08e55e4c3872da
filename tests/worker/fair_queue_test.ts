import { assertEquals } from "@std/assert";
import { CallQueue } from "../../lib/worker/call_queue.ts";
import { FairQueue } from "../../lib/worker/fair_queue.ts";

function drain<T>(queue: { shift(): T | undefined }): T[] {
  const items: T[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
}

const owner = (address: string, client = 1) => ({ address, client });

Deno.test("FairQueue: serves addresses in turn, then clients, each in its order", () => {
  const queue = new FairQueue<string>();
  for (const item of ["a1", "a2", "a3"]) queue.push(owner("a", 1), item);
  for (const item of ["A1", "A2"]) queue.push(owner("a", 2), item);
  queue.push(owner("b"), "b1");
  assertEquals(queue.length, 6);
  assertEquals(drain(queue), ["a1", "b1", "A1", "a2", "A2", "a3"]);
  assertEquals(queue.length, 0);
});

Deno.test("FairQueue: many clients of an address get no more than one client of another", () => {
  const queue = new FairQueue<string>();
  for (let i = 0; i < 100; i++) queue.push(owner("many", i), "many");
  for (let i = 0; i < 3; i++) queue.push(owner("one"), "one");
  assertEquals(drain(queue).slice(0, 6).filter((item) => item === "one").length, 3);
});

Deno.test("FairQueue: shift skips addresses that may not be served", () => {
  const queue = new FairQueue<string>();
  queue.push(owner("a"), "a");
  queue.push(owner("b"), "b");
  assertEquals(queue.shift((address) => address !== "a"), "b");
  assertEquals(queue.shift((address) => address !== "a"), undefined);
  assertEquals([queue.length, queue.shift()], [1, "a"]);
});

Deno.test("FairQueue: remove takes one item out, clear all", () => {
  const queue = new FairQueue<string>();
  for (const item of ["a", "b", "c"]) queue.push(owner("x"), item);
  assertEquals(queue.remove(owner("x"), "b"), true);
  assertEquals(queue.remove(owner("x"), "b"), false);
  assertEquals(queue.remove(owner("y"), "a"), false);
  assertEquals([queue.length, queue.clear(), queue.length], [2, ["a", "c"], 0]);
});

Deno.test("CallQueue: serves short calls first, background ones last", () => {
  const queue = new CallQueue<string>();
  queue.push("background", owner("a"), "background");
  queue.push("long", owner("a"), "long");
  queue.push("short", owner("a"), "short");
  assertEquals(queue.length, 3);
  assertEquals(drain(queue), ["short", "long", "background"]);
});

Deno.test("CallQueue: a flood of short calls does not stop long ones", () => {
  const queue = new CallQueue<string>();
  queue.push("long", owner("a"), "long");
  for (let i = 0; i < 1_000; i++) queue.push("short", owner("a"), "short");
  assertEquals(drain(queue).indexOf("long"), 64);
});
