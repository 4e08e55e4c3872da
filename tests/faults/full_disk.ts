import { join } from "@std/path";
import type { Prng } from "../helpers/prng.ts";
import { mountSmall, resizeSmall } from "../helpers/small_disk.ts";
import { CheckError } from "./checks.ts";
import { Fixture } from "./fixture.ts";
import type { Kind, Outcome, Stage, StageOptions } from "./kind.ts";
import { expectCode, recover } from "./recovery.ts";

const MIB = 1024 * 1024;
/** Exit codes for a full disk, of the server and of the client. */
const NO_SPACE = { put: 1, get: 7 };
/** A file that must stay unchanged. */
const OTHER = { name: "other.txt", text: "something else" };

/** The destination's file system is too small, and is enlarged after the failure. */
export const FULL_DISK: Kind = {
  name: "full disk",
  cycles: 100,
  quickCycles: 4,
  async open({ folder, maker }: StageOptions): Promise<Stage | string> {
    const small = join(folder, "small");
    Deno.mkdirSync(small, { recursive: true });
    const mount = mountSmall(small);
    if (mount === null) return "This process may not mount a file system";
    const sent = new Fixture(join(folder, "sent"), maker, { root: join(small, "root") });
    const fetched = new Fixture(join(folder, "fetched"), maker, { downloads: join(small, "down") });
    await sent.startServer();
    await fetched.startServer();
    return {
      cycle: (prng) => fullCycle(small, prng.chance(0.5) ? ["put", sent] : ["get", fetched], prng),
      async [Symbol.asyncDispose]() {
        await sent[Symbol.asyncDispose]();
        await fetched[Symbol.asyncDispose]();
        mount[Symbol.dispose]();
      },
    };
  },
};

async function fullCycle(
  small: string,
  [command, fixture]: ["get" | "put", Fixture],
  prng: Prng,
): Promise<Outcome> {
  const options = { folders: 0, minBytes: MIB + 1, maxBytes: 8 * MIB };
  const transfer = fixture.newTransfer(prng, options, command);
  const other = join(small, OTHER.name);
  Deno.writeTextFileSync(other, OTHER.text);
  const result = await transfer.run().result;
  expectCode(result, [NO_SPACE[command]]);
  if (!result.errors.includes("no-space")) {
    throw new CheckError(`The client does not report no-space:\n${result.text}`);
  }
  if (Deno.readTextFileSync(other) !== OTHER.text) throw new CheckError(`${other} has changed`);
  resizeSmall(small, "64m");
  try {
    return await recover(fixture, transfer, { result, wasHit: true, isResumable: false });
  } finally {
    resizeSmall(small, "1m");
  }
}
