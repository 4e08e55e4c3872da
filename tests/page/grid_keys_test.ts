/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import type { FolderRow } from "../../lib/page/model/page_model.ts";
import { nextRow, startsWith, TypeAhead } from "../../lib/page/view/grid_keys.ts";

const rows = ["alpha", "Beta", "beetroot", "gamma"].map((name): FolderRow => ({
  name,
  path: name,
  kind: "file",
  size: 0,
  modified: null,
}));

Deno.test("nextRow: moves by rows and pages, and stays in the list", () => {
  const at = (active: number) => ({ active, total: 100, page: 10 });
  assertEquals(nextRow("ArrowDown", at(5)), 6);
  assertEquals(nextRow("ArrowDown", at(99)), 99);
  assertEquals(nextRow("ArrowUp", at(0)), 0);
  assertEquals(nextRow("PageDown", at(95)), 99);
  assertEquals(nextRow("PageUp", at(15)), 5);
  assertEquals(nextRow("Home", at(50)), 0);
  assertEquals(nextRow("End", at(50)), 99);
  assertEquals(nextRow("x", at(50)), null);
  assertEquals(nextRow("toString", at(50)), null);
  assertEquals(nextRow("End", { active: 0, total: 0, page: 1 }), null);
});

Deno.test("startsWith: goes on with one letter, stays with more of them, and comes around", () => {
  assertEquals(startsWith(rows, "b", 0), 1);
  assertEquals(startsWith(rows, "b", 1), 2);
  assertEquals(startsWith(rows, "b", 2), 1);
  assertEquals(startsWith(rows, "be", 1), 1);
  assertEquals(startsWith(rows, "bee", 1), 2);
  assertEquals(startsWith(rows, "z", 1), null);
  assertEquals(startsWith([], "a", 0), null);
});

Deno.test("TypeAhead: adds letters that follow fast, and begins anew after a pause", () => {
  const typed = new TypeAhead();
  assertEquals(typed.add("B", 1000), "b");
  assertEquals(typed.add("e", 1699), "be");
  assertEquals(typed.add("g", 2399), "g");
});
