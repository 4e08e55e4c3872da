import type { Dice } from "./dice.ts";
import type { Outcome, Stage, StageOptions } from "./kind.ts";
import { Scene } from "./scene.ts";

/**
 * A stage of one scene.
 *
 * @param cycle what is done in it again and again
 * @param isStocked whether files are there from the beginning, of any size
 */
export async function openStage(
  { folder, maker, dice }: StageOptions,
  cycle: (scene: Scene, dice: Dice) => Promise<Outcome>,
  isStocked = true,
): Promise<Stage> {
  const scene = new Scene(folder, maker);
  if (isStocked) scene.stock(dice, {});
  await scene.startServer();
  return {
    cycle: (dice) => cycle(scene, dice),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  };
}
