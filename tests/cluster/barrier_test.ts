import { assertEquals } from "@std/assert";
import { Barrier } from "../../lib/cluster/barrier.ts";
import { within } from "../helpers/deadline.ts";

/** A barrier whose questions the test answers. */
function open(timeoutMs = 5_000) {
  const asked: PromiseWithResolvers<number>[] = [];
  const state = { applied: 0 };
  const last = () => {
    const answer = Promise.withResolvers<number>();
    asked.push(answer);
    return answer.promise;
  };
  const barrier = new Barrier({ last, applied: () => state.applied, timeoutMs });
  return { barrier, asked, state };
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("Barrier.passed: waits until the last place is applied", async () => {
  const { barrier, asked, state } = open();
  const passed: string[] = [];
  const first = barrier.passed().then(() => passed.push("first"));
  asked[0]!.resolve(3);
  await settled();
  for (const applied of [1, 2, 3]) {
    assertEquals(passed, []);
    state.applied = applied;
    barrier.advance();
    await settled();
  }
  await within(first, "the barrier");
  const second = barrier.passed();
  asked[1]!.resolve(3); // It is applied already
  await within(second, "the barrier");
});

Deno.test("Barrier.passed: shares a question with those that come before it is sent, and no others", async () => {
  const { barrier, asked } = open();
  const passing = [1, 2, 3, 4].map(() => barrier.passed());
  assertEquals(asked.length, 1); // The answer to it may be on its way already
  asked[0]!.resolve(0);
  await settled();
  assertEquals(asked.length, 2);
  asked[1]!.resolve(0);
  await within(Promise.all(passing), "all");
  assertEquals(asked.length, 2);
});

Deno.test("Barrier.passed: lets pass after its time, or without an answer", async () => {
  const { barrier, asked } = open(20);
  await within(barrier.passed(), "the time");
  asked[0]!.reject(new Error("nobody answers"));
  await settled();
  const { barrier: other, asked: questions } = open();
  const passed = other.passed();
  questions[0]!.reject(new Error("nobody answers"));
  await within(passed, "the refusal");
});
