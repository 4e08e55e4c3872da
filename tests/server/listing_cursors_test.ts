import { assertEquals, assertStrictEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { type ListingCursorKey, ListingCursors } from "../../lib/server/context/listing_cursors.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

const KEY: ListingCursorKey = { client: 1, path: "folder", recursive: false, after: "folder/m" };

interface HeldNames {
  readonly heldNames: number;
}

function listingOf(heldNames: number): HeldNames {
  return { heldNames };
}

Deno.test("what was kept is taken once, by who asks for just that", () => {
  const listings = new ListingCursors<HeldNames>();
  const listing = listingOf(10);
  listings.save(KEY, listing);
  for (
    const other of [{ client: 2 }, { path: "fold" }, { recursive: true }, { after: "folder/n" }]
  ) {
    assertEquals(listings.claim({ ...KEY, ...other }), null);
  }
  assertStrictEquals(listings.claim(KEY), listing);
  assertEquals(listings.claim(KEY), null);
});

Deno.test("of two that were left off at the same place, the later one is kept", () => {
  const listings = new ListingCursors<HeldNames>();
  const [first, second] = [listingOf(10), listingOf(10)];
  listings.save(KEY, first);
  listings.save(KEY, second);
  assertStrictEquals(listings.claim(KEY), second);
  assertEquals(listings.claim(KEY), null);
});

Deno.test("a listing is kept for five seconds, and no longer", () => {
  using clock = new FakeClock();
  const listings = new ListingCursors<HeldNames>();
  for (
    const { waitMs, isKept } of [
      { waitMs: LIMITS.listingCursorMs - 1, isKept: true },
      { waitMs: LIMITS.listingCursorMs, isKept: true },
      { waitMs: LIMITS.listingCursorMs + 1, isKept: false },
    ]
  ) {
    listings.save(KEY, listingOf(10));
    clock.advance(waitMs);
    assertEquals(listings.claim(KEY) !== null, isKept, `${waitMs} ms`);
  }
});

Deno.test("those who never come back are swept, the others are not", () => {
  using clock = new FakeClock();
  const listings = new ListingCursors<HeldNames>();
  const old = listingOf(LIMITS.listingCursorNames);
  listings.save(KEY, old);
  clock.advance(LIMITS.listingCursorMs + 1);
  listings.sweep(performance.now());
  const other = { ...KEY, client: 2 };
  listings.save(other, listingOf(LIMITS.listingCursorNames)); // There is room for all of it
  listings.sweep(performance.now());
  assertEquals([listings.claim(KEY), listings.claim(other) !== null], [null, true]);
});

Deno.test("where too many names are held, the oldest listings go, until it is no more than the limit", () => {
  const keys = [1, 2, 3].map((client) => ({ ...KEY, client }));
  for (
    const { more, kept } of [
      { more: -1, kept: [true, true, true] },
      { more: 0, kept: [true, true, true] },
      { more: 1, kept: [false, true, true] },
      { more: 11, kept: [false, false, true] },
    ]
  ) {
    const listings = new ListingCursors<HeldNames>();
    const counts = [10, 10, LIMITS.listingCursorNames - 20 + more];
    for (const [i, key] of keys.entries()) listings.save(key, listingOf(counts[i]!));
    assertEquals(keys.map((key) => listings.claim(key) !== null), kept, `${more} more`);
  }
});

Deno.test("a listing that holds too many names by itself is not kept", () => {
  const listings = new ListingCursors<HeldNames>();
  listings.save(KEY, listingOf(LIMITS.listingCursorNames + 1));
  assertEquals(listings.claim(KEY), null);
  listings.save(KEY, listingOf(LIMITS.listingCursorNames));
  assertEquals(listings.claim(KEY) !== null, true);
});
