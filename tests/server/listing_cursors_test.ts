import { assertEquals, assertStrictEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { type ListingCursorKey, ListingCursors } from "../../lib/server/context/listing_cursors.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

const KEY: ListingCursorKey = {
  client: 1,
  path: "folder",
  recursive: false,
  names: true,
  sums: false,
  after: "folder/m",
};

interface HeldNames {
  readonly heldNames: number;
}

function listingOf(heldNames: number): HeldNames {
  return { heldNames };
}

Deno.test("ListingCursors.claim: returns a listing once, for its key only", () => {
  const cursors = new ListingCursors<HeldNames>();
  const listing = listingOf(10);
  cursors.save(KEY, listing);
  for (
    const other of [{ client: 2 }, { path: "fold" }, { recursive: true }, { sums: true }, {
      after: "folder/n",
    }]
  ) {
    assertEquals(cursors.claim({ ...KEY, ...other }), null);
  }
  assertStrictEquals(cursors.claim(KEY), listing);
  assertEquals(cursors.claim(KEY), null);
});

Deno.test("ListingCursors.save: replaces the listing of the same key", () => {
  const cursors = new ListingCursors<HeldNames>();
  const [first, second] = [listingOf(10), listingOf(10)];
  cursors.save(KEY, first);
  cursors.save(KEY, second);
  assertStrictEquals(cursors.claim(KEY), second);
  assertEquals(cursors.claim(KEY), null);
});

Deno.test("ListingCursors: keep a listing for five seconds", () => {
  using clock = new FakeClock();
  const cursors = new ListingCursors<HeldNames>();
  for (
    const { waitMs, isKept } of [
      { waitMs: LIMITS.listingCursorMs - 1, isKept: true },
      { waitMs: LIMITS.listingCursorMs, isKept: true },
      { waitMs: LIMITS.listingCursorMs + 1, isKept: false },
    ]
  ) {
    cursors.save(KEY, listingOf(10));
    clock.advance(waitMs);
    assertEquals(cursors.claim(KEY) !== null, isKept, `${waitMs} ms`);
  }
});

Deno.test("ListingCursors.sweep: drops expired listings only", () => {
  using clock = new FakeClock();
  const cursors = new ListingCursors<HeldNames>();
  const old = listingOf(LIMITS.listingCursorNames);
  cursors.save(KEY, old);
  clock.advance(LIMITS.listingCursorMs + 1);
  cursors.sweep(performance.now());
  const other = { ...KEY, client: 2 };
  cursors.save(other, listingOf(LIMITS.listingCursorNames)); // Fits after the sweep
  cursors.sweep(performance.now());
  assertEquals([cursors.claim(KEY), cursors.claim(other) !== null], [null, true]);
});

Deno.test("ListingCursors.save: drops the oldest listings while too many names are held", () => {
  const keys = [1, 2, 3].map((client) => ({ ...KEY, client }));
  for (
    const { more, kept } of [
      { more: -1, kept: [true, true, true] },
      { more: 0, kept: [true, true, true] },
      { more: 1, kept: [false, true, true] },
      { more: 11, kept: [false, false, true] },
    ]
  ) {
    const cursors = new ListingCursors<HeldNames>();
    const counts = [10, 10, LIMITS.listingCursorNames - 20 + more];
    for (const [i, key] of keys.entries()) cursors.save(key, listingOf(counts[i]!));
    assertEquals(keys.map((key) => cursors.claim(key) !== null), kept, `${more} more`);
  }
});

Deno.test("ListingCursors.save: does not keep a listing with too many names", () => {
  const cursors = new ListingCursors<HeldNames>();
  cursors.save(KEY, listingOf(LIMITS.listingCursorNames + 1));
  assertEquals(cursors.claim(KEY), null);
  cursors.save(KEY, listingOf(LIMITS.listingCursorNames));
  assertEquals(cursors.claim(KEY) !== null, true);
});
