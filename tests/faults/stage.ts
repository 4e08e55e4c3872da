import type { Prng } from "./prng.ts";
import type { Outcome, Stage, StageOptions } from "./kind.ts";
import { Fixture } from "./fixture.ts";

/**
 * A stage of one fixture.
 *
 * @param cycle what is done in it again and again
 * @param isStocked whether files are there from the beginning, of any size
 */
export async function openStage(
  { folder, maker, prng }: StageOptions,
  cycle: (fixture: Fixture, prng: Prng) => Promise<Outcome>,
  isStocked = true,
): Promise<Stage> {
  const fixture = new Fixture(folder, maker);
  if (isStocked) fixture.stock(prng, {});
  await fixture.startServer();
  return {
    cycle: (prng) => cycle(fixture, prng),
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}
