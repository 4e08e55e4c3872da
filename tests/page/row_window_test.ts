import { assert, assertEquals } from "@std/assert";
import { ROW_HEIGHT, scrollTopFor, windowOf } from "../../lib/page/view/row_window.ts";

const VIEW = 440;

Deno.test("windowOf: renders what is seen and a few rows more", () => {
  assertEquals(windowOf(0, VIEW, 100_000), {
    first: 0,
    count: 18,
    top: 0,
    height: 100_000 * ROW_HEIGHT,
  });
  const middle = windowOf(50_000 * ROW_HEIGHT, VIEW, 100_000);
  assertEquals(middle.first, 49_992);
  assertEquals(middle.count, 26);
  assertEquals(middle.top, 49_992 * ROW_HEIGHT);
});

Deno.test("windowOf: ends with the last row", () => {
  const end = windowOf(100 * ROW_HEIGHT - VIEW, VIEW, 100);
  assertEquals(end.first + end.count, 100);
  assertEquals(windowOf(0, VIEW, 0).count, 0);
});

Deno.test("windowOf: reaches every row of a list that is too high for browsers", () => {
  const total = 1_000_000;
  const { height } = windowOf(0, VIEW, total);
  assertEquals(height, 15_000_000);
  const end = windowOf(height - VIEW, VIEW, total);
  assertEquals(end.first + end.count, total);
  assert(end.top + end.count * ROW_HEIGHT <= height + 1);
});

Deno.test("scrollTopFor: scrolls no further than needed, and not to a row that is in view", () => {
  const place = { scrollTop: 1000, viewHeight: VIEW, total: 1000 };
  assertEquals(scrollTopFor(25, place), 1000);
  assertEquals(scrollTopFor(0, place), 0);
  assertEquals(scrollTopFor(40, place), 41 * ROW_HEIGHT - VIEW);
  assertEquals(scrollTopFor(999, place), 1000 * ROW_HEIGHT - VIEW);
});

Deno.test("scrollTopFor: brings any row of a scaled list into view", () => {
  const total = 1_000_000;
  for (const row of [0, 1, 499_999, total - 1]) {
    const scrollTop = scrollTopFor(row, { scrollTop: 7_000_000, viewHeight: VIEW, total });
    const { first, count } = windowOf(scrollTop, VIEW, total);
    assert(first <= row && row < first + count, `${row}: ${first} + ${count}`);
  }
});
