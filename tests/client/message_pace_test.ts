import { assertEquals } from "@std/assert";
import { TokenBucket } from "../../lib/chat/token_bucket.ts";
import { MessagePace } from "../../lib/client/message_pace.ts";

/** Takes places at one moment, answering none, until there is no further one; returns how many. */
function takeAll(pace: MessagePace, nowMs: number): number {
  let count = 0;
  while (count < 100 && pace.take(0, nowMs) === 0) count++;
  return count;
}

Deno.test("MessagePace: sends half a burst at once, then as many a second as the server takes", () => {
  const pace = new MessagePace({ burst: 20, perSecond: 10 });
  assertEquals([takeAll(pace, 0), pace.take(0, 0)], [10, 100]);
  assertEquals([pace.take(0, 50), pace.take(0, 100), pace.take(0, 100)], [50, 0, 100]);
});

Deno.test("MessagePace: has half a burst under way at the most", () => {
  const pace = new MessagePace({ burst: 20, perSecond: 10 });
  assertEquals([pace.take(10, 0), pace.take(9, 0)], [Infinity, 0]);
});

Deno.test("MessagePace: sends one by one to a server that does not tell its rate", () => {
  const pace = new MessagePace(null);
  assertEquals([pace.take(0, 0), pace.take(1, 0)], [0, Infinity]);
});

Deno.test("MessagePace: has no limit but the number under way where the server has none", () => {
  const pace = new MessagePace({ burst: 20, perSecond: 0 });
  assertEquals([takeAll(pace, 0), pace.take(31, 0), pace.take(32, 0)], [100, 0, Infinity]);
});

Deno.test("MessagePace: after a refusal it waits as the server says, then sends one by one", () => {
  const pace = new MessagePace({ burst: 20, perSecond: 10 });
  pace.onRefused(300, 1_000);
  assertEquals([pace.take(0, 1_001), pace.take(0, 1_300), pace.take(1, 1_300)], [299, 0, Infinity]);
  pace.onRefused(null, 2_000);
  assertEquals(pace.take(0, 2_000), 1_000);
  pace.onRefused(1e9, 3_000);
  assertEquals(pace.take(0, 3_000), 30_000);
});

/** Sends as many as possible for 20 s over a line that stands still for a while; counts the refused. */
function refusedOverSlowLine(stallMs: number): number {
  const rate = { burst: 20, perSecond: 10 };
  const pace = new MessagePace(rate);
  const server = new TokenBucket(rate.burst, rate.perSecond);
  const onTheWay: number[] = [];
  let refused = 0;
  for (let nowMs = 1; nowMs < 20_000; nowMs++) {
    while (pace.take(onTheWay.length, nowMs) === 0) onTheWay.push(nowMs);
    const isStalled = nowMs % 7_000 < stallMs;
    if (!isStalled) { for (const _ of onTheWay.splice(0)) if (!server.take(nowMs)) refused++; }
  }
  return refused;
}

for (const stallMs of [0, 50, 300, 1_000, 3_000, 6_000]) {
  Deno.test(`MessagePace: no message is refused on a line that stands still for ${stallMs} ms`, () => {
    assertEquals(refusedOverSlowLine(stallMs), 0);
  });
}
