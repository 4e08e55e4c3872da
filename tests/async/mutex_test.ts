import { assertEquals } from "@std/assert";
import { Mutex } from "../../lib/async/mutex.ts";
import { settled } from "../helpers/fake_clock.ts";

/** Enters a lane, and keeps its turn until it leaves. */
class Turn {
  #leave: (() => void) | null = null;

  constructor(lane: Mutex) {
    lane.lock().then((leave) => this.#leave = leave);
  }

  get hasCome(): boolean {
    return this.#leave !== null;
  }

  async leave(): Promise<void> {
    this.#leave!();
    await settled();
  }
}

Deno.test("the first has its turn at once, the others in their order", async () => {
  const lane = new Mutex();
  const turns = Array.from({ length: 3 }, () => new Turn(lane));
  await settled();
  const come = () => turns.map(({ hasCome }) => hasCome);
  assertEquals(come(), [true, false, false]);
  await turns[0]!.leave();
  assertEquals(come(), [true, true, false]);
  await turns[0]!.leave(); // Again does nothing
  assertEquals(come(), [true, true, false]);
  await turns[1]!.leave();
  assertEquals(come(), [true, true, true]);
});

Deno.test("a lane that all have left is free", async () => {
  const lane = new Mutex();
  for (let i = 0; i < 3; i++) {
    const turn = new Turn(lane);
    await settled();
    assertEquals(turn.hasCome, true);
    await turn.leave();
  }
});

Deno.test("lanes do not wait for each other", async () => {
  const first = new Turn(new Mutex());
  const second = new Turn(new Mutex());
  await settled();
  assertEquals([first.hasCome, second.hasCome], [true, true]);
});
