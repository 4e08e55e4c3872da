import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { RoomSequencer } from "../../lib/client/room_sequencer.ts";
import type { RoomEvent } from "../../lib/protocol/chat_events.ts";

/** Messages that fit into one answer. */
const PAGE = 3;

type Step =
  | { readonly kind: "say"; readonly count: number }
  /** The next answer of the server comes. Events that were sent before it have come, too. */
  | { readonly kind: "answer" }
  | { readonly kind: "reconnect" }
  /** The server restarts, and has lost its last messages: their numbers are given again. */
  | { readonly kind: "lose"; readonly count: number };

const say = fc.record({ kind: fc.constant("say" as const), count: fc.integer({ min: 1, max: 5 }) });
const answer = fc.record({ kind: fc.constant("answer" as const) });
const reconnect = fc.record({ kind: fc.constant("reconnect" as const) });
const lose = fc.record({
  kind: fc.constant("lose" as const),
  count: fc.constantFrom(1, 2, 1_000),
});

interface WorldOptions {
  /** Messages that the server keeps. */
  readonly keep: number;
  /** Messages that the client wants when it comes for the first time. */
  readonly history: number;
  /** Events come from the beginning of a connection, not only after joining. */
  readonly isLobby: boolean;
}

/** A room of a server, and a client that follows it as `syncRoom` does. */
class World {
  readonly #options: WorldOptions;
  readonly #sequencer: RoomSequencer;
  /** Every message, kept or not; its number is its place, from 1. */
  readonly #said: RoomEvent[] = [];
  #time = 0;
  /** The number of the last message that was told or missed; `null` before the first. */
  #cursor: number | null = null;
  #joinedSeq = 0;
  #isFollowing = false;
  /** Each step is an answer. */
  #answers: Iterator<void> = [].values();

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#sequencer = new RoomSequencer({
      onEvent: (event) => this.#onEvent(event),
      onMissed: (count) => this.#onMissed(count),
    });
    this.#reconnect();
  }

  carryOut(step: Step): void {
    switch (step.kind) {
      case "say":
        return Array.from({ length: step.count }).forEach(() => this.#say());
      case "answer":
        return void this.#answers.next();
      case "reconnect":
        return this.#reconnect();
      case "lose":
        this.#said.length = Math.max(0, this.#said.length - step.count);
        if (this.#cursor !== null) this.#cursor = Math.min(this.#cursor, this.#said.length);
        return this.#reconnect();
    }
  }

  /** Lets every answer come, and checks that the client knows all then. */
  check(): void {
    while (!this.#answers.next().done);
    this.#say();
    assertEquals(this.#cursor, this.#said.length);
  }

  #say(): void {
    const seq = this.#said.length + 1;
    const event = { event: "message", seq, room: "a", from: "ana", text: "", time: ++this.#time };
    this.#said.push(event as RoomEvent);
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
    const seq = this.#joinedSeq = this.#said.length;
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
    return this.#said.filter(({ seq }) => seq > this.#said.length - this.#options.keep);
  }

  #onEvent(event: RoomEvent): void {
    assert(event === this.#said[event.seq - 1], `${event.seq} is not that message any more`);
    if (this.#cursor === null) assert(event.seq <= this.#joinedSeq + 1, "a message is left out");
    else assertEquals(event.seq, this.#cursor + 1);
    this.#cursor = event.seq;
  }

  #onMissed(count: number): void {
    assert(this.#cursor !== null && count > 0);
    this.#cursor += count;
    assert(this.#cursor <= this.#said.length - this.#options.keep, "the history has it");
  }
}

function assertFor(options: fc.Arbitrary<WorldOptions>, step: fc.Arbitrary<Step>): void {
  const steps = fc.array(step, { maxLength: 60 });
  fc.assert(
    fc.property(options, steps, (options, steps) => {
      const world = new World(options);
      for (const step of steps) world.carryOut(step);
      world.check();
    }),
    { numRuns: 2_000 },
  );
}

Deno.test("RoomSequencer: tells each message once and in order, and counts what is not kept", () => {
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

Deno.test("RoomSequencer: tells each message once also where the server gives numbers again", () => {
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
