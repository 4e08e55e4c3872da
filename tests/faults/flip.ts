import type { Prng } from "../helpers/prng.ts";
import { Proxy } from "../helpers/proxy.ts";
import { flipped } from "../helpers/proxy_taps.ts";
import { CheckError } from "./checks.ts";
import type { Fixture } from "./fixture.ts";
import type { Kind, Outcome } from "./kind.ts";
import { expectCode, recover } from "./recovery.ts";
import { openStage } from "./stage.ts";

/** Exit code for a file with a wrong hash. */
const INTEGRITY = 5;
/** Exit codes for damaged compressed data; the flipped bit may also be without effect. */
const COMPRESSED = [0, 1, 3, INTEGRITY];

/** One bit of a file's data is flipped. */
export const FLIP: Kind = {
  name: "flip",
  cycles: 1_000,
  quickCycles: 8,
  open: (options) => openStage(options, flipCycle),
};

async function flipCycle(fixture: Fixture, prng: Prng): Promise<Outcome> {
  const isCompressed = prng.chance(0.2);
  const transfer = fixture.newTransfer(prng, { compressible: isCompressed });
  const { direction, payload } = transfer;
  const aim = { direction, atByte: prng.below(payload.bytes + 1) };
  let flips = 0;
  const tap = flipped(aim, prng.below(8), () => flips++);
  await using proxy = await Proxy.start(fixture.port, [tap]);
  const args = ["-j", String(prng.between(1, 4)), ...isCompressed ? ["--zstd"] : []];
  const result = await transfer.run({ port: proxy.port, args }).result;
  const wasHit = flips > 0;
  expectCode(result, wasHit ? (isCompressed ? COMPRESSED : [INTEGRITY]) : [0]);
  if (result.code === INTEGRITY && !result.errors.includes("integrity")) {
    throw new CheckError(`The client does not report a wrong file:\n${result.text}`);
  }
  return await recover(fixture, transfer, { result, wasHit, isResumable: false });
}
