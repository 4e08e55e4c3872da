import { join } from "@std/path";
import { mountSmall, resizeSmall } from "../helpers/small_disk.ts";
import { Fault } from "./checks.ts";
import type { Prng } from "./prng.ts";
import type { Kind, Outcome, Stage, StageOptions } from "./kind.ts";
import { expectCode, recover } from "./recovery.ts";
import { Fixture } from "./fixture.ts";

const MIB = 1024 * 1024;
/** The exit codes where there is no room: on the server, and here. */
const NO_ROOM = { put: 1, get: 7 };
/** Stays whatever happens. */
const OTHER = { name: "other.txt", text: "something else" };

/** The file system that a file goes to is too small, and later is not. */
export const FULL_DISK: Kind = {
  name: "full disk",
  cycles: 100,
  quickCycles: 4,
  async open({ folder, maker }: StageOptions): Promise<Stage | string> {
    const small = join(folder, "small");
    Deno.mkdirSync(small, { recursive: true });
    const mount = mountSmall(small);
    if (mount === null) return "This process may not make a file system of its own";
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
  const wishes = { folders: 0, leastBytes: MIB + 1, mostBytes: 8 * MIB };
  const transfer = fixture.newTransfer(prng, wishes, command);
  const other = join(small, OTHER.name);
  Deno.writeTextFileSync(other, OTHER.text);
  const result = await transfer.run().result;
  expectCode(result, [NO_ROOM[command]]);
  if (!result.errors.includes("no-space")) {
    throw new Fault(`The client does not say that there is no room:\n${result.text}`);
  }
  if (Deno.readTextFileSync(other) !== OTHER.text) throw new Fault(`${other} is not what it was`);
  resizeSmall(small, "64m");
  try {
    return await recover(fixture, transfer, { result, wasHit: true, isResumable: false });
  } finally {
    resizeSmall(small, "1m");
  }
}
