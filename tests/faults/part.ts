import { Proxy } from "../helpers/proxy.ts";
import { atByte } from "../helpers/proxy_taps.ts";
import type { Dice } from "./dice.ts";
import type { Kind, Outcome } from "./kind.ts";
import { expectCode, recover } from "./recovery.ts";
import type { Scene } from "./scene.ts";
import { openStage } from "./stage.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** The code of a client that has lost its server. */
const NO_CONNECTION = 3;

/** What an earlier transfer left is not what it was: cut, longer, with a wrong bit, or another file. */
export const PART: Kind = {
  name: "part",
  cycles: 1_000,
  quickCycles: 10,
  open: (options) => openStage(options, partCycle, false),
};

async function partCycle(scene: Scene, dice: Dice): Promise<Outcome> {
  const transfer = scene.newTransfer(dice, { folders: 0, leastBytes: MIB, mostBytes: 8 * MIB });
  const { direction, payload } = transfer;
  const aim = { direction, atByte: dice.between(256 * KIB, payload.bytes - 1) };
  let wasHit = false;
  await using proxy = await Proxy.start(scene.port, [
    atByte(aim, () => {
      wasHit = true;
      proxy.refuse();
      proxy.cutAll("reset");
    }),
  ]);
  const result = await transfer.run({ port: proxy.port }).result;
  expectCode(result, [NO_CONNECTION]);
  transfer.checkBrokenOff();
  const spoil = dice.pick([truncate, extend, flip, replace, forget]);
  for (const path of transfer.parts.filter((path) => !path.endsWith(".version"))) {
    spoil(path, dice);
  }
  return await recover(scene, transfer, { result, wasHit, isResumable: false });
}

function truncate(path: string, dice: Dice): void {
  Deno.truncateSync(path, dice.below(Deno.statSync(path).size + 1));
}

function extend(path: string, dice: Dice): void {
  const more = dice.fill(new Uint8Array(dice.pick([1, 1_000, 64 * KIB, 12 * MIB])));
  Deno.writeFileSync(path, more, { append: true });
}

function flip(path: string, dice: Dice): void {
  const bytes = Deno.readFileSync(path);
  if (bytes.length > 0) bytes[dice.below(bytes.length)]! ^= 1 << dice.below(8);
  Deno.writeFileSync(path, bytes);
}

function replace(path: string, dice: Dice): void {
  const { size } = Deno.statSync(path);
  Deno.writeFileSync(path, dice.fill(new Uint8Array(dice.pick([size, dice.below(2 * size + 1)]))));
}

/** Takes away the note of the version that it is a part of. */
function forget(path: string): void {
  try {
    Deno.removeSync(`${path}.version`);
  } catch {
    // An upload has none
  }
}
