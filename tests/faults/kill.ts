import type { Prng } from "../helpers/prng.ts";
import { Proxy } from "../helpers/proxy.ts";
import { type Aim, atByte } from "../helpers/proxy_taps.ts";
import type { ClientResult } from "./client_run.ts";
import type { Fixture } from "./fixture.ts";
import type { Kind, Outcome } from "./kind.ts";
import { aimAt, expectCode, type FirstAttempt, isResumable, recover } from "./recovery.ts";
import { openStage } from "./stage.ts";
import type { Transfer } from "./transfer.ts";

/** Exit code of a killed program. */
const KILLED = 137;

/** The server or the client is killed at a random moment of a transfer. */
export const KILL: Kind = {
  name: "kill",
  cycles: 1_000,
  quickCycles: 14,
  minResumedShare: 0.5,
  open: (options) => openStage(options, killCycle),
};

async function killCycle(fixture: Fixture, prng: Prng): Promise<Outcome> {
  const transfer = fixture.newTransfer(prng);
  let first: FirstAttempt | null = null;
  for (let kills = prng.pick([1, 1, 1, 2, 3]); kills > 0; kills--) {
    const attempt = new Attempt(fixture, transfer, prng);
    const result = await attempt.run();
    transfer.checkInterrupted();
    first = { result, wasHit: attempt.wasHit, isResumable: isResumable(transfer, attempt.aim) };
    if (result.code === 0) break;
  }
  return await recover(fixture, transfer, first!);
}

/** One attempt, in which the server or the client is killed. */
class Attempt {
  readonly aim: Aim;
  wasHit = false;
  readonly #fixture: Fixture;
  readonly #transfer: Transfer;
  readonly #victim: "server" | "client";
  /** Whether a new server accepts the reconnecting client. */
  readonly #isReplaced: boolean;
  readonly #pauseMs: number;
  readonly #args: string[];

  constructor(fixture: Fixture, transfer: Transfer, prng: Prng) {
    this.#fixture = fixture;
    this.#transfer = transfer;
    this.aim = aimAt(prng, transfer);
    this.#victim = prng.pick(["server", "client"]);
    this.#isReplaced = this.#victim === "server" && prng.chance(0.3);
    this.#pauseMs = prng.chance(0.5) ? prng.below(200) / 10 : 0;
    this.#args = ["-j", String(prng.between(1, 4))];
  }

  async run(): Promise<ClientResult> {
    const killed = Promise.withResolvers<void>();
    const strike = async () => {
      this.wasHit = true;
      if (this.#pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#pauseMs));
      await this.#kill(proxy, () => client.kill("SIGKILL")).then(killed.resolve, killed.reject);
    };
    await using proxy = await Proxy.start(this.#fixture.port, [atByte(this.aim, strike)]);
    const client = this.#transfer.run({ port: proxy.port, args: this.#args });
    const result = await client.result;
    if (this.wasHit) await killed.promise;
    expectCode(result, this.wasHit ? (this.#victim === "client" ? [0, KILLED] : [0, 3]) : [0]);
    return result;
  }

  async #kill(proxy: Proxy, killClient: () => void): Promise<void> {
    if (this.#victim === "client") return killClient();
    const fixture = this.#fixture;
    const restarted = Promise.withResolvers<number>();
    if (this.#isReplaced) proxy.target = restarted.promise;
    else proxy.refuse();
    await fixture.killServer();
    await fixture.startServer();
    restarted.resolve(fixture.port);
  }
}
