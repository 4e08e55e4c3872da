import { assert, assertEquals, assertRejects } from "@std/assert";
import { EventFeed, LaggedError } from "../../lib/client/event_feed.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

Deno.test("EventFeed.publish: takes a flood while connecting at a cost that does not grow", async () => {
  const feed = new EventFeed();
  const startMs = performance.now();
  for (let i = 0; i < 200_000; i++) feed.publish({ event: "line", text: `${i}` }, true);
  assert(performance.now() - startMs < 5_000); // Copying what has come takes minutes
  const loop = feed.subscribe((event) => event, undefined);
  for (let i = 0; i < LIMITS.waitingEvents; i++) {
    assertEquals(await loop.next(), { value: { event: "line", text: `${i}` }, done: false });
  }
  await assertRejects(() => loop.next(), LaggedError);
});
