import type { Prng } from "../helpers/prng.ts";
import { Proxy } from "../helpers/proxy.ts";
import { atByte } from "../helpers/proxy_taps.ts";
import type { Fixture } from "./fixture.ts";
import type { Kind, Outcome } from "./kind.ts";
import { expectCode, recover } from "./recovery.ts";
import { openStage } from "./stage.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** Exit code of a client that has lost its server. */
const NO_CONNECTION = 3;

/** The part of an earlier transfer is spoilt: cut, extended, with a flipped bit, or replaced. */
export const PART: Kind = {
  name: "part",
  cycles: 1_000,
  quickCycles: 8,
  open: (options) => openStage(options, partCycle, false),
};

async function partCycle(fixture: Fixture, prng: Prng): Promise<Outcome> {
  const transfer = fixture.newTransfer(prng, { folders: 0, minBytes: MIB, maxBytes: 8 * MIB });
  const { direction, payload } = transfer;
  const aim = { direction, atByte: prng.between(256 * KIB, payload.bytes - 1) };
  let wasHit = false;
  await using proxy = await Proxy.start(fixture.port, [
    atByte(aim, () => {
      wasHit = true;
      proxy.refuse();
      proxy.cutAll("reset");
    }),
  ]);
  const result = await transfer.run({ port: proxy.port }).result;
  expectCode(result, [NO_CONNECTION]);
  transfer.checkInterrupted();
  const spoil = prng.pick([truncate, extend, flip, replace, removeVersion]);
  for (const path of transfer.parts.filter((path) => !path.endsWith(".version"))) {
    spoil(path, prng);
  }
  return await recover(fixture, transfer, { result, wasHit, isResumable: false });
}

function truncate(path: string, prng: Prng): void {
  Deno.truncateSync(path, prng.below(Deno.statSync(path).size + 1));
}

function extend(path: string, prng: Prng): void {
  const addition = prng.bytes(prng.pick([1, 1_000, 64 * KIB, 12 * MIB]));
  Deno.writeFileSync(path, addition, { append: true });
}

function flip(path: string, prng: Prng): void {
  const bytes = Deno.readFileSync(path);
  if (bytes.length > 0) bytes[prng.below(bytes.length)]! ^= 1 << prng.below(8);
  Deno.writeFileSync(path, bytes);
}

function replace(path: string, prng: Prng): void {
  const { size } = Deno.statSync(path);
  Deno.writeFileSync(path, prng.bytes(prng.pick([size, prng.below(2 * size + 1)])));
}

function removeVersion(path: string): void {
  try {
    Deno.removeSync(`${path}.version`);
  } catch {
    // The part of an upload has none
  }
}
