import type { Prng } from "../helpers/prng.ts";
import { Proxy } from "../helpers/proxy.ts";
import { atByte } from "../helpers/proxy_taps.ts";
import type { Fixture } from "./fixture.ts";
import type { Kind, Outcome } from "./kind.ts";
import { aimAt, expectCode, isStallFailure, recover } from "./recovery.ts";
import { openStage } from "./stage.ts";

/** The client's timeout for a silent server … */
const TIMEOUT_SECONDS = 1;
/** … and the durations of a stop: longer, and shorter. */
const STOPS_MS: [number, number] = [2_500, 400];

/** The server or the client is stopped during a transfer, and continued. */
export const STOP: Kind = {
  name: "stop",
  cycles: 100,
  quickCycles: 3,
  open: (options) => openStage(options, stopCycle, false),
};

async function stopCycle(fixture: Fixture, prng: Prng): Promise<Outcome> {
  const transfer = fixture.newTransfer(prng);
  const aim = aimAt(prng, transfer);
  const stopMs = prng.pick(STOPS_MS);
  const isServer = prng.chance(0.5);
  const continued = Promise.withResolvers<void>();
  let wasHit = false;
  await using proxy = await Proxy.start(fixture.port, [
    atByte(aim, () => {
      wasHit = true;
      const signal = (name: Deno.Signal) =>
        isServer ? fixture.signalServer(name) : client.kill(name);
      signal("SIGSTOP");
      setTimeout(() => {
        signal("SIGCONT");
        continued.resolve();
      }, stopMs);
    }),
  ]);
  const client = transfer.run({ port: proxy.port, args: ["--timeout", String(TIMEOUT_SECONDS)] });
  const result = await client.result;
  if (wasHit) await continued.promise;
  if (!isStallFailure(result)) expectCode(result, wasHit ? [0, 3] : [0]);
  proxy.cutAll("reset");
  return await recover(fixture, transfer, { result, wasHit, isResumable: false });
}
