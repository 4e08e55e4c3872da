import type { Prng } from "../helpers/prng.ts";
import { Proxy } from "../helpers/proxy.ts";
import { atByte } from "../helpers/proxy_taps.ts";
import { CheckError } from "./checks.ts";
import type { Fixture } from "./fixture.ts";
import type { Kind, Outcome } from "./kind.ts";
import { expectCode, recover, SURELY_KEPT_BYTES } from "./recovery.ts";
import { openStage } from "./stage.ts";

const MIB = 1024 * 1024;
/** Exit code of a client that has lost its server. */
const NO_CONNECTION = 3;

/** A connection is lost in the middle of a file: the next attempt goes on from there. */
export const RESUME: Kind = {
  name: "resume",
  cycles: 100,
  quickCycles: 4,
  open: (options) => openStage(options, resumeCycle, false),
};

/** Downloads and uploads in turn, so that few cycles see both. */
let cycles = 0;

async function resumeCycle(fixture: Fixture, prng: Prng): Promise<Outcome> {
  const options = { folders: 0, minBytes: 2 * SURELY_KEPT_BYTES, maxBytes: 8 * MIB };
  const command = cycles++ % 2 === 0 ? "get" : "put";
  const transfer = fixture.newTransfer(prng, options, command);
  const { direction, payload } = transfer;
  const atEnd = payload.bytes - 64 * 1024;
  const aim = { direction, atByte: prng.between(SURELY_KEPT_BYTES + MIB, atEnd) };
  await using proxy = await Proxy.start(fixture.port, [
    atByte(aim, () => {
      proxy.refuse();
      proxy.cutAll("reset");
    }),
  ]);
  const result = await transfer.run({ port: proxy.port }).result;
  expectCode(result, [NO_CONNECTION]);
  const outcome = await recover(fixture, transfer, { result, wasHit: true, isResumable: true });
  if (outcome.hasResumed) return outcome;
  throw new CheckError(`A ${command} that was cut after ${aim.atByte} bytes was not resumed`);
}
