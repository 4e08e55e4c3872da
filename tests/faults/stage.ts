import type { Prng } from "../helpers/prng.ts";
import { Fixture } from "./fixture.ts";
import type { Outcome, Stage, StageOptions } from "./kind.ts";

/**
 * Opens a stage with one fixture.
 *
 * @param cycle runs one cycle
 * @param isStocked whether to write the initial payloads
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
