import { Proxy } from "../helpers/proxy.ts";
import { type Aim, atByte } from "../helpers/proxy_taps.ts";
import type { ClientResult } from "./client_run.ts";
import type { Dice } from "./dice.ts";
import type { Kind, Outcome } from "./kind.ts";
import { aimAt, expectCode, type FirstTry, isResumable, recover } from "./recovery.ts";
import type { Scene } from "./scene.ts";
import { openStage } from "./stage.ts";
import type { Transfer } from "./transfer.ts";

/** The code of a program that was killed. */
const KILLED = 137;

/** The server or the client is killed at a random moment of a transfer. */
export const KILL: Kind = {
  name: "kill",
  cycles: 1_000,
  quickCycles: 14,
  leastResumed: 0.5,
  open: (options) => openStage(options, killCycle),
};

async function killCycle(scene: Scene, dice: Dice): Promise<Outcome> {
  const transfer = scene.newTransfer(dice);
  let first: FirstTry | null = null;
  for (let kills = dice.pick([1, 1, 1, 2, 3]); kills > 0; kills--) {
    const attempt = new Attempt(scene, transfer, dice);
    const result = await attempt.run();
    transfer.checkBrokenOff();
    first = { result, wasHit: attempt.wasHit, isResumable: isResumable(transfer, attempt.aim) };
    if (result.code === 0) break;
  }
  return await recover(scene, transfer, first!);
}

/** One try, in which somebody is killed. */
class Attempt {
  readonly aim: Aim;
  wasHit = false;
  readonly #scene: Scene;
  readonly #transfer: Transfer;
  readonly #victim: "server" | "client";
  /** Whether the client finds a new server when it tries to regain its connection. */
  readonly #isReplaced: boolean;
  readonly #pauseMs: number;
  readonly #args: string[];

  constructor(scene: Scene, transfer: Transfer, dice: Dice) {
    this.#scene = scene;
    this.#transfer = transfer;
    this.aim = aimAt(dice, transfer);
    this.#victim = dice.pick(["server", "client"]);
    this.#isReplaced = this.#victim === "server" && dice.chance(0.3);
    this.#pauseMs = dice.chance(0.5) ? dice.below(200) / 10 : 0;
    this.#args = ["-j", String(dice.between(1, 4))];
  }

  async run(): Promise<ClientResult> {
    const killed = Promise.withResolvers<void>();
    const strike = async () => {
      this.wasHit = true;
      if (this.#pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#pauseMs));
      await this.#kill(proxy, () => client.kill("SIGKILL")).then(killed.resolve, killed.reject);
    };
    await using proxy = await Proxy.start(this.#scene.port, [atByte(this.aim, strike)]);
    const client = this.#transfer.run({ port: proxy.port, args: this.#args });
    const result = await client.result;
    if (this.wasHit) await killed.promise;
    expectCode(result, this.wasHit ? (this.#victim === "client" ? [0, KILLED] : [0, 3]) : [0]);
    return result;
  }

  async #kill(proxy: Proxy, killClient: () => void): Promise<void> {
    if (this.#victim === "client") return killClient();
    const scene = this.#scene;
    const restarted = Promise.withResolvers<number>();
    if (this.#isReplaced) proxy.target = restarted.promise;
    else proxy.refuse();
    await scene.killServer();
    await scene.startServer();
    restarted.resolve(scene.port);
  }
}
