import { assertEquals } from "@std/assert";
import { RoomSequencer } from "../../lib/client/room_sequencer.ts";
import type { RoomEvent } from "../../lib/protocol/chat_events.ts";
import { through } from "../helpers/through.ts";

/** A sequencer and the output of its callbacks. */
class Fixture {
  readonly output: string[] = [];
  readonly sequencer = new RoomSequencer({
    onEvent: ({ seq }, isPast) => this.output.push(isPast ? `past ${seq}` : `${seq}`),
    onMissed: (count) => this.output.push(`${count} missed`),
  });

  /** Joins a room at the number `seq`, with `events` as its history. */
  join(seq: number, events: readonly RoomEvent[] = []): void {
    this.sequencer.addHistory(events);
    this.sequencer.resume(seq);
  }

  /** The output since the last call. */
  news(): string[] {
    return this.output.splice(0);
  }
}

/** Messages with the numbers `first` to `last`, a second apart. */
function messages(first: number, last: number, secondsLater = 0): RoomEvent[] {
  return through(first, last).map((seq) => {
    const time = 1_000 * (seq + secondsLater);
    return { event: "message", seq, room: "a", from: "ana", text: `${seq}`, time };
  });
}

function live({ sequencer }: Fixture, events: readonly RoomEvent[]): void {
  for (const event of events) sequencer.addLive(event);
}

Deno.test("RoomSequencer: reports events that arrive before the history after it, each once", () => {
  const fixture = new Fixture();
  live(fixture, messages(9, 11));
  assertEquals(fixture.news(), []);
  fixture.join(10, messages(7, 10));
  assertEquals(fixture.news(), ["past 7", "past 8", "past 9", "past 10", "11"]);
  live(fixture, messages(12, 12));
  assertEquals(fixture.news(), ["12"]);
});

Deno.test("RoomSequencer: reports events that arrive before the join even if the history is empty", () => {
  const fixture = new Fixture();
  live(fixture, messages(4, 5));
  fixture.join(5);
  assertEquals(fixture.news(), ["4", "5"]);
});

Deno.test("RoomSequencer: counts messages as missed that are neither in the history nor live", () => {
  const fixture = new Fixture();
  fixture.join(5, messages(5, 5));
  fixture.sequencer.pause();
  live(fixture, messages(18, 20));
  fixture.join(20); // The history is empty
  assertEquals(fixture.news(), ["past 5", "12 missed", "18", "19", "20"]);
  fixture.sequencer.pause();
  live(fixture, messages(29, 29));
  fixture.join(30, messages(25, 28));
  assertEquals(fixture.news(), [
    "4 missed",
    ...through(25, 28).map((seq) => `past ${seq}`),
    "29",
    "1 missed",
  ]);
});

Deno.test("RoomSequencer: drops waiting events on a new connection", () => {
  const fixture = new Fixture();
  fixture.join(2, messages(1, 2));
  fixture.sequencer.pause();
  live(fixture, messages(3, 4));
  fixture.sequencer.pause();
  fixture.join(5, messages(3, 5));
  assertEquals(fixture.news(), ["past 1", "past 2", "past 3", "past 4", "past 5"]);
});

Deno.test("RoomSequencer: reports all messages of a server that has restarted its numbers", () => {
  const fixture = new Fixture();
  fixture.join(9, messages(9, 9));
  fixture.sequencer.pause();
  live(fixture, messages(3, 3, 100));
  fixture.sequencer.restart();
  fixture.join(3, messages(1, 2, 100));
  assertEquals(fixture.news(), ["past 9", "past 1", "past 2", "3"]);
  live(fixture, messages(4, 4, 100));
  assertEquals(fixture.news(), ["4"]);
});

Deno.test("RoomSequencer: reports no message twice if the server has lost only its last messages", () => {
  const fixture = new Fixture();
  fixture.join(9, messages(5, 9));
  fixture.news();
  fixture.sequencer.pause();
  fixture.sequencer.restart();
  fixture.join(8, [...messages(1, 7), ...messages(8, 8, 100)]);
  assertEquals(fixture.news(), ["past 8"]);
});
