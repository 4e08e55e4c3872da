import type { Prng } from "../helpers/prng.ts";
import { NEEDS_NATS } from "../helpers/nats.ts";
import { ELECTION_MS } from "../helpers/nats_engines.ts";
import { CheckError } from "./checks.ts";
import { auditTalk } from "./cluster_audit.ts";
import { CLUSTER_FAULTS, type ClusterFault } from "./cluster_faults.ts";
import { checkLinks } from "./cluster_link_audit.ts";
import { Sharer } from "./cluster_share.ts";
import { type Actor, Chatter, Speaker, type Talker, untilFlowing } from "./cluster_talk.ts";
import { ClusterWorld } from "./cluster_world.ts";
import type { Kind, Outcome, Stage, StageOptions } from "./kind.ts";

/** Speakers at each server. */
const SPEAKERS = 3;
/** How many make links, and have them fetched. */
const SHARERS = 2;
/** Several nodes of NATS may have to start and elect on a busy machine before anything is answered. */
const FLOWS_AFTER_MS = 2 * ELECTION_MS;
/** After a fault each actor gets so many more answers before the next one. */
const FLOWING = 5;

/** Three servers as one, and clients that talk and share at all of them without an end. */
class ClusterStage implements Stage {
  readonly #world: ClusterWorld;
  readonly #speakers: readonly Speaker[];
  readonly #chatters: readonly Chatter[];
  readonly #sharers: readonly Sharer[];
  #faults: ClusterFault[] = [];

  private constructor(world: ClusterWorld) {
    this.#world = world;
    const ports = world.servers.map(({ port }) => port);
    const from = (at: number) => [...ports.slice(at), ...ports.slice(0, at)];
    this.#speakers = ports.flatMap((_, at) =>
      Array.from({ length: SPEAKERS }, (_, i) => new Speaker(`speaker-${at}-${i}`, from(at)))
    );
    this.#chatters = ports.map((_, at) => new Chatter(`chatter-${at}`));
    this.#sharers = Array.from({ length: SHARERS }, (_, i) => new Sharer(`sharer-${i}`, from(i)));
  }

  static async open({ folder }: StageOptions): Promise<ClusterStage> {
    const world = await ClusterWorld.start(folder);
    const stage = new ClusterStage(world);
    try {
      for (const [at, { port }] of world.servers.entries()) await stage.#chatters[at]!.start(port);
      await stage.#flows();
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  get #talkers(): readonly Talker[] {
    return [...this.#speakers, ...this.#chatters];
  }

  get #actors(): readonly Actor[] {
    return [...this.#talkers, ...this.#sharers];
  }

  async cycle(prng: Prng): Promise<Outcome> {
    if (this.#faults.length === 0) this.#faults = [...CLUSTER_FAULTS];
    const fault = this.#faults.shift()!;
    try {
      await fault.run(this.#world, prng);
      await this.#world.heal();
      await this.#flows();
      await this.#audit();
    } catch (error) {
      throw new CheckError(`${fault.name}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
    return { wasHit: true, isResumable: false, hasResumed: false, atOnce: true };
  }

  /** Resolves once each actor has got some more answers. */
  async #flows(): Promise<void> {
    await untilFlowing(this.#actors, FLOWING, FLOWS_AFTER_MS);
  }

  /** Checks all that was said and shared so far. */
  async #audit(): Promise<void> {
    const { servers } = this.#world;
    await Promise.all(this.#actors.map((actor) => actor.rest()));
    await auditTalk(servers, this.#talkers, this.#chatters);
    await checkLinks(servers, this.#sharers);
    for (const actor of this.#actors) actor.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#actors.map((actor) => actor[Symbol.asyncDispose]()));
    await this.#world[Symbol.asyncDispose]();
  }
}

/** Kills, freezes and cuts off servers and nodes of NATS while clients talk and share. */
export const CLUSTER: Kind = {
  name: "cluster",
  cycles: Infinity,
  seconds: 660,
  quickCycles: 3,
  open: (options) =>
    NEEDS_NATS.ignore ? Promise.resolve("there is no nats-server") : ClusterStage.open(options),
};
