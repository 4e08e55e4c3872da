import { Proxy } from "../helpers/proxy.ts";
import { atByte } from "../helpers/proxy_taps.ts";
import type { Dice } from "./dice.ts";
import type { Kind, Outcome } from "./kind.ts";
import { aimAt, expectCode, isOverstretched, recover } from "./recovery.ts";
import type { Scene } from "./scene.ts";
import { openStage } from "./stage.ts";

/** How long the client waits for a silent server … */
const PATIENCE_SECONDS = 1;
/** … and how long somebody is stopped: longer, and not. */
const STOPS_MS: [number, number] = [2_500, 400];

/** The server or the client is stopped in the middle, for longer than the other one waits, and goes on. */
export const STOP: Kind = {
  name: "stop",
  cycles: 100,
  quickCycles: 3,
  open: (options) => openStage(options, stopCycle, false),
};

async function stopCycle(scene: Scene, dice: Dice): Promise<Outcome> {
  const transfer = scene.newTransfer(dice);
  const aim = aimAt(dice, transfer);
  const stopMs = dice.pick(STOPS_MS);
  const isServer = dice.chance(0.5);
  const goneOn = Promise.withResolvers<void>();
  let wasHit = false;
  await using proxy = await Proxy.start(scene.port, [
    atByte(aim, () => {
      wasHit = true;
      const signal = (name: Deno.Signal) => isServer ? scene.signalServer(name) : client.kill(name);
      signal("SIGSTOP");
      setTimeout(() => {
        signal("SIGCONT");
        goneOn.resolve();
      }, stopMs);
    }),
  ]);
  const client = transfer.run({ port: proxy.port, args: ["--timeout", String(PATIENCE_SECONDS)] });
  const result = await client.result;
  if (wasHit) await goneOn.promise;
  if (!isOverstretched(result)) expectCode(result, wasHit ? [0, 3] : [0]);
  proxy.cutAll("reset");
  return await recover(scene, transfer, { result, wasHit, isResumable: false });
}
