import { assertEquals } from "@std/assert";
import { ConfirmedFeed, type FeedName } from "../../lib/cluster/confirmed_feed.ts";
import type { LogRecord } from "../../lib/cluster/engine.ts";

function record(place: number, text = `${place}`): LogRecord {
  return { place, stampMs: place, payload: new TextEncoder().encode(text) };
}

/** Feeds records, and returns those that are handed on, as `place text`. */
function feed(...told: readonly (readonly [FeedName, LogRecord])[]): string[] {
  const heard: string[] = [];
  const confirmed = new ConfirmedFeed(({ place, payload }) => {
    heard.push(`${place} ${new TextDecoder().decode(payload)}`);
  });
  for (const [by, each] of told) confirmed.hear(each, by);
  return heard;
}

Deno.test("ConfirmedFeed: hands on once what both feeds tell, whichever is first", () => {
  const told = feed(
    ["own", record(1)],
    ["witness", record(1)],
    ["witness", record(2)],
    ["own", record(2)],
    ["own", record(2)],
  );
  assertEquals(told, ["1 1", "2 2"]);
});

Deno.test("ConfirmedFeed: keeps what one feed has told alone, even twice", () => {
  assertEquals(feed(["own", record(1)], ["own", record(1)], ["own", record(2)]), []);
});

Deno.test("ConfirmedFeed: hands on none of two records of a place that differ", () => {
  const told = feed(["own", record(4, "phantom")], ["witness", record(4, "real")]);
  assertEquals(told, []);
});

Deno.test("ConfirmedFeed: hands on the record that the log has in the end", () => {
  const told = feed(
    ["own", record(4, "phantom")],
    ["witness", record(4, "real")],
    ["own", record(4, "real")],
  );
  assertEquals(told, ["4 real"]);
});

Deno.test("ConfirmedFeed: lets one feed be behind", () => {
  const told = feed(
    ["own", record(1)],
    ["own", record(2)],
    ["own", record(3)],
    ["witness", record(1)],
    ["witness", record(2)],
    ["witness", record(3)],
  );
  assertEquals(told, ["1 1", "2 2", "3 3"]);
});

Deno.test("ConfirmedFeed: tells records of the same bytes and another time apart", () => {
  const later = { ...record(1), stampMs: 9 };
  assertEquals(feed(["own", record(1)], ["witness", later]), []);
});
