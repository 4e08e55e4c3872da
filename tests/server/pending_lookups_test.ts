import { assert, assertFalse } from "@std/assert";
import { KeyCounts } from "../../lib/async/key_counts.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { isLookup, PendingLookups } from "../../lib/server/context/pending_lookups.ts";
import { flushTasks } from "../helpers/fake_clock.ts";

const ADDRESS = "192.0.2.1";

/** Begins a lookup; returns whether it has begun. */
async function begins(lookups: PendingLookups): Promise<boolean> {
  let hasBegun = false;
  lookups.begin().then(() => hasBegun = true);
  await flushTasks();
  return hasBegun;
}

/** A connection with so many lookups under way. */
async function connectionWith(
  count: number,
  byAddress: KeyCounts<string>,
): Promise<PendingLookups> {
  const lookups = new PendingLookups(byAddress, ADDRESS);
  for (let i = 0; i < count; i++) await lookups.begin();
  return lookups;
}

Deno.test("isLookup: is true for what threads answer without more from the client", () => {
  assert((["LIST", "STAT", "MKDR", "MOVE", "DELE"] as const).every(isLookup));
  assertFalse((["FPUT", "FGET", "SEND", "JOIN"] as const).some(isLookup));
});

Deno.test("PendingLookups.begin: a connection alone has as many as it asks for", async () => {
  const byAddress = new KeyCounts<string>();
  const lookups = await connectionWith(LIMITS.lookupsPerAddress - 1, byAddress);
  assert(await begins(lookups));
  assertFalse(await begins(lookups));
});

Deno.test("PendingLookups.begin: beside many of its address, a connection has 8", async () => {
  const byAddress = new KeyCounts<string>();
  await connectionWith(LIMITS.lookupsPerAddress, byAddress);
  const lookups = await connectionWith(LIMITS.lookupsWhileBusy - 1, byAddress);
  assert(await begins(lookups));
  assertFalse(await begins(lookups));
  assert(await begins(new PendingLookups(byAddress, "192.0.2.2")));
});

Deno.test("PendingLookups.end: lets the next one of the connection begin", async () => {
  const byAddress = new KeyCounts<string>();
  await connectionWith(LIMITS.lookupsPerAddress, byAddress);
  const lookups = await connectionWith(LIMITS.lookupsWhileBusy, byAddress);
  let begun = 0;
  for (let i = 0; i < 2; i++) lookups.begin().then(() => begun++);
  for (const expected of [0, 1, 2]) {
    await flushTasks();
    assert(begun === expected, `${begun} have begun`);
    lookups.end();
  }
});
