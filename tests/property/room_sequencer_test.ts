import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { RoomSequencer } from "../../lib/client/room_sequencer.ts";
import type { RoomEvent } from "../../lib/protocol/chat_events.ts";

/** Messages per answer. */
const PAGE = 3;

type Step =
  | { readonly kind: "say"; readonly count: number }
  /** The next answer of the server arrives, after all events sent before it. */
  | { readonly kind: "answer" }
  | { readonly kind: "reconnect" }
  /** The server restarts without its last messages, whose numbers it assigns again. */
  | { readonly kind: "lose"; readonly count: number };

const say = fc.record({ kind: fc.constant("say" as const), count: fc.integer({ min: 1, max: 5 }) });
const answer = fc.record({ kind: fc.constant("answer" as const) });
const reconnect = fc.record({ kind: fc.constant("reconnect" as const) });
const lose = fc.record({
  kind: fc.constant("lose" as const),
  count: fc.constantFrom(1, 2, 1_000),
});

interface WorldOptions {
  /** Number of messages that the server keeps. */
  readonly keep: number;
  /** Number of messages that the client requests at its first join. */
  readonly history: number;
  /** Events arrive from the start of a connection, not only after joining. */
  readonly isLobby: boolean;
}

/** A room of a server, and a client that follows it as `syncRoom` does. */
class World {
  readonly #options: WorldOptions;
  readonly #sequencer: RoomSequencer;
  /** All messages, kept or not; the number of a message is its index plus 1. */
  readonly #messages: RoomEvent[] = [];
  #time = 0;
  /** The number of the last message received or missed; `null` before the first. */
  #cursor: number | null = null;
  #joinedSeq = 0;
  #isFollowing = false;
  /** Yields before each answer. */
  #answers: Iterator<void> = [].values();

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#sequencer = new RoomSequencer({
      onEvent: (event) => this.#onEvent(event),
      onMissed: (count) => this.#onMissed(count),
    });
    this.#reconnect();
  }

  run(step: Step): void {
    switch (step.kind) {
      case "say":
        return Array.from({ length: step.count }).forEach(() => this.#say());
      case "answer":
        return void this.#answers.next();
      case "reconnect":
        return this.#reconnect();
      case "lose":
        this.#messages.length = Math.max(0, this.#messages.length - step.count);
        if (this.#cursor !== null) this.#cursor = Math.min(this.#cursor, this.#messages.length);
        return this.#reconnect();
    }
  }

  /** Delivers all answers, and checks that the client has all messages. */
  check(): void {
    while (!this.#answers.next().done);
    this.#say();
    assertEquals(this.#cursor, this.#messages.length);
  }

  #say(): void {
    const seq = this.#messages.length + 1;
    const event = { event: "message", seq, room: "a", from: "ana", text: "", time: ++this.#time };
    this.#messages.push(event as RoomEvent);
    if (this.#isFollowing) this.#sequencer.addLive(event as RoomEvent);
  }

  #reconnect(): void {
    this.#sequencer.pause();
    this.#isFollowing = this.#options.isLobby;
    this.#answers = this.#join();
  }

  *#join(): Generator<void> {
    const sequencer = this.#sequencer;
    this.#isFollowing = true;
    const seq = this.#joinedSeq = this.#messages.length;
    if (sequencer.lastSeq === null) sequencer.addHistory(yield* this.#last(seq));
    else yield* this.#addMissed(seq);
    sequencer.resume(seq);
    this.#cursor ??= seq;
  }

  *#last(seq: number): Generator<void, RoomEvent[]> {
    const count = Math.min(this.#options.history, seq);
    let events: RoomEvent[] = [];
    while (events.length < count) {
      yield;
      const before = events[0]?.seq ?? Infinity;
      const older = this.#kept().filter((event) => event.seq < before);
      const page = older.slice(-Math.min(PAGE, count - events.length));
      if (page.length === 0) break;
      events = [...page, ...events];
    }
    return events;
  }

  *#addMissed(seq: number): Generator<void> {
    const sequencer = this.#sequencer;
    const { lastSeq, lastKnown } = sequencer;
    yield;
    const found = this.#kept().find((event) => event.seq === lastKnown?.seq);
    const isOther = found !== undefined && found.time !== lastKnown?.time;
    if (seq < lastSeq! || isOther) sequencer.restart();
    for (let after = sequencer.lastSeq!; after < seq;) {
      yield;
      const page = this.#kept().filter((event) => event.seq > after).slice(0, PAGE);
      if (page.length === 0) return;
      sequencer.addHistory(page);
      after = page.at(-1)!.seq;
    }
  }

  #kept(): RoomEvent[] {
    return this.#messages.filter(({ seq }) => seq > this.#messages.length - this.#options.keep);
  }

  #onEvent(event: RoomEvent): void {
    assert(event === this.#messages[event.seq - 1], `${event.seq} is now another message`);
    if (this.#cursor === null) assert(event.seq <= this.#joinedSeq + 1, "a message is left out");
    else assertEquals(event.seq, this.#cursor + 1);
    this.#cursor = event.seq;
  }

  #onMissed(count: number): void {
    assert(this.#cursor !== null && count > 0);
    this.#cursor += count;
    assert(this.#cursor <= this.#messages.length - this.#options.keep, "the history has it");
  }
}

function assertFor(options: fc.Arbitrary<WorldOptions>, step: fc.Arbitrary<Step>): void {
  const steps = fc.array(step, { maxLength: 60 });
  fc.assert(
    fc.property(options, steps, (options, steps) => {
      const world = new World(options);
      for (const step of steps) world.run(step);
      world.check();
    }),
    { numRuns: 2_000 },
  );
}

Deno.test("RoomSequencer: emits each message once and in order, and counts messages that are not kept", () => {
  const options = fc.record({
    keep: fc.constantFrom(0, 1, 4, 1_000),
    history: fc.constantFrom(0, 1, 5, 1_000),
    isLobby: fc.boolean(),
  });
  const step = fc.oneof(
    { weight: 3, arbitrary: say },
    { weight: 5, arbitrary: answer },
    { weight: 2, arbitrary: reconnect },
  );
  assertFor(options, step);
});

Deno.test("RoomSequencer: emits each message once, also when the server assigns numbers again", () => {
  const options = fc.record({
    keep: fc.constant(1_000),
    history: fc.constant(1_000),
    isLobby: fc.boolean(),
  });
  const step = fc.oneof(
    { weight: 3, arbitrary: say },
    { weight: 6, arbitrary: answer },
    { weight: 1, arbitrary: reconnect },
    { weight: 2, arbitrary: lose },
  );
  assertFor(options, step);
});
