import { assertEquals } from "@std/assert";
import { RoomSequencer } from "../../lib/client/room_sequencer.ts";
import type { RoomEvent } from "../../lib/protocol/chat_events.ts";
import { through } from "../helpers/through.ts";

/** A sequencer, and what it has told: numbers, and how many were missed. */
class Fixture {
  readonly told: string[] = [];
  readonly sequencer = new RoomSequencer({
    onEvent: ({ seq }, isPast) => this.told.push(isPast ? `past ${seq}` : `${seq}`),
    onMissed: (count) => this.told.push(`${count} missed`),
  });

  /** Joins a room with that many messages, of which these are told. */
  join(seq: number, events: readonly RoomEvent[] = []): void {
    this.sequencer.addHistory(events);
    this.sequencer.resume(seq);
  }

  /** What was told since the last call. */
  news(): string[] {
    return this.told.splice(0);
  }
}

/** Messages with numbers from `first` to `last`, one a second. */
function messages(first: number, last: number, secondsLater = 0): RoomEvent[] {
  return through(first, last).map((seq) => {
    const time = 1_000 * (seq + secondsLater);
    return { event: "message", seq, room: "a", from: "ana", text: `${seq}`, time };
  });
}

function live({ sequencer }: Fixture, events: readonly RoomEvent[]): void {
  for (const event of events) sequencer.addLive(event);
}

Deno.test("RoomSequencer: tells events that came before the history behind it, each once", () => {
  const fixture = new Fixture();
  live(fixture, messages(9, 11));
  assertEquals(fixture.news(), []);
  fixture.join(10, messages(7, 10));
  assertEquals(fixture.news(), ["past 7", "past 8", "past 9", "past 10", "11"]);
  live(fixture, messages(12, 12));
  assertEquals(fixture.news(), ["12"]);
});

Deno.test("RoomSequencer: tells what came before joining also where the history is empty", () => {
  const fixture = new Fixture();
  live(fixture, messages(4, 5));
  fixture.join(5);
  assertEquals(fixture.news(), ["4", "5"]);
});

Deno.test("RoomSequencer: counts as missed what is neither in the history nor came as an event", () => {
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

Deno.test("RoomSequencer: forgets what waited when the connection is a new one", () => {
  const fixture = new Fixture();
  fixture.join(2, messages(1, 2));
  fixture.sequencer.pause();
  live(fixture, messages(3, 4));
  fixture.sequencer.pause();
  fixture.join(5, messages(3, 5));
  assertEquals(fixture.news(), ["past 1", "past 2", "past 3", "past 4", "past 5"]);
});

Deno.test("RoomSequencer: tells all that a server has that counts anew", () => {
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

Deno.test("RoomSequencer: tells nothing again where a server has lost its last messages only", () => {
  const fixture = new Fixture();
  fixture.join(9, messages(5, 9));
  fixture.news();
  fixture.sequencer.pause();
  fixture.sequencer.restart();
  fixture.join(8, [...messages(1, 7), ...messages(8, 8, 100)]);
  assertEquals(fixture.news(), ["past 8"]);
});
