import { assert, assertEquals } from "@std/assert";
import type { Beat } from "../../lib/cluster/cluster.ts";
import { JoinedCluster } from "../../lib/cluster/joined_cluster.ts";
import { SnapshotFolder } from "../../lib/files/snapshot_folder.ts";
import { within } from "../helpers/deadline.ts";
import { LogScene } from "../helpers/log_scene.ts";
import { MemoryCluster } from "../helpers/memory_engine.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const IDS = ["aaaaaaaa", "bbbbbbbb", "cccccccc"] as const;
const CHECKS = { checkedMs: 5, damagedFiles: 2, wrongFiles: 1 };

/** A server that tells heartbeats. */
class Server implements AsyncDisposable {
  readonly scene: LogScene;
  readonly joined: JoinedCluster;
  readonly gone: string[] = [];
  readonly #temp = new TempDir();

  constructor(cluster: MemoryCluster, id: string, run = 1) {
    let runs = run;
    this.scene = new LogScene(cluster, { newIncarnation: () => `${id}.${runs++}` });
    const { engine, log, replica: { database, machine } } = this.scene;
    const snapshots = {
      folder: new SnapshotFolder(this.#temp.path),
      write: () => Promise.reject(new Error("the database is in memory")),
      keepOld: () => Promise.reject(new Error("the database is in memory")),
    };
    const parts = { database, engine, log, machine, snapshots };
    this.joined = new JoinedCluster({ name: "test", serverId: id, ...parts });
    log.on("gone", ({ entry }) => this.gone.push(entry.incarnation));
  }

  announce(): void {
    const address = { host: "127.0.0.1", port: 1, fingerprint: null };
    this.joined.announce(address, () => ({ clients: 3, freeBytes: null, checks: CHECKS }));
  }

  /** Resolves once this server hears so many others. */
  async hears(count: number): Promise<void> {
    await this.#until(() => this.joined.beats.list().length === count, `${count} servers`);
  }

  /** Resolves once clients are told of so many servers. */
  async tells(count: number): Promise<void> {
    await this.#until(() => this.joined.view.peers.length === count, `${count} peers`);
  }

  /** Resolves once so many incarnations are gone. */
  async seesGone(count: number): Promise<void> {
    await this.#until(() => this.gone.length >= count, `${count} gone`);
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => holds() && resolve();
    using _changes = this.joined.beats.onChange(look);
    using _gone = this.joined.log.on("gone", look);
    look();
    await within(promise, what);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.joined.leave();
    await this.scene[Symbol.asyncDispose]();
    this.#temp[Symbol.dispose]();
  }
}

Deno.test("Beats: lists the other servers with what they tell", async () => {
  const cluster = new MemoryCluster(1);
  await using a = new Server(cluster, IDS[0]);
  await using b = new Server(cluster, IDS[1]);
  a.announce();
  b.announce();
  await Promise.all([a.hears(1), b.hears(1)]);
  const [beat] = a.joined.beats.list();
  const { applied: _a, chain: _c, time: _t, ...told } = beat!;
  assertEquals(told, {
    ...{ server: IDS[1], host: "127.0.0.1", port: 1, fingerprint: null },
    ...{ incarnation: `${IDS[1]}.1`, clients: 3, freeBytes: null, checks: CHECKS, stop: null },
  });
});

Deno.test("Beats: lists a server of an older version, which tells no checks of its files", async () => {
  const cluster = new MemoryCluster(1);
  await using a = new Server(cluster, IDS[0]);
  await using b = new Server(cluster, IDS[1]);
  a.announce();
  b.announce();
  await a.hears(1);
  const { checks: _, ...old } = a.joined.beats.list()[0]!;
  const { promise, resolve } = Promise.withResolvers<Beat>();
  const incarnation = `${IDS[2]}.1`;
  using _heard = a.joined.beats.onBeat((beat) => beat.incarnation === incarnation && resolve(beat));
  const told = { ...old, server: IDS[2], incarnation };
  b.joined.bus.publish("tc.test.beat", new TextEncoder().encode(JSON.stringify(told)));
  assertEquals((await within(promise, "the heartbeat")).checks, null);
});

Deno.test("JoinedView: tells clients of no other server that takes no messages", async () => {
  const cluster = new MemoryCluster(7);
  await using a = new Server(cluster, IDS[0]);
  await using b = new Server(cluster, IDS[1]);
  a.announce();
  b.announce();
  await Promise.all([a.tells(2), b.tells(2)]);
  const { log } = b.scene;
  log.halt(log.applied);
  await a.tells(1);
  assertEquals(a.joined.beats.list().map(({ stop }) => stop), ["diverged"]);
  assertEquals(b.joined.view.peers.length, 2); // Its own clients go from it to the other one
  log.halt(null);
  await a.tells(2);
});

Deno.test("Beats: tells how far the clock of another server is off, in either direction", async () => {
  const cluster = new MemoryCluster(5);
  await using a = new Server(cluster, IDS[0]);
  await using b = new Server(cluster, IDS[1]);
  a.announce();
  b.announce();
  await a.hears(1);
  assert(a.joined.beats.clockSkewMs < 5_000);
  const [beat] = a.joined.beats.list();
  for (const offMs of [-3_600_000, 7_200_000, -3_600_000]) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const time = Date.now() + offMs;
    using _ = a.joined.beats.onBeat((heard) => heard.time === time && resolve());
    const told = { ...beat!, server: IDS[2], incarnation: `${IDS[2]}.1`, time };
    b.joined.bus.publish("tc.test.beat", new TextEncoder().encode(JSON.stringify(told)));
    await within(promise, "the heartbeat");
    const off = Math.abs(a.joined.beats.clockSkewMs - Math.abs(offMs));
    assert(off < 60_000, `${off} ms`);
  }
});

Deno.test("Beats: declares a server gone once nobody listens for it, and only once", async () => {
  const cluster = new MemoryCluster(2);
  await using a = new Server(cluster, IDS[0]);
  await using c = new Server(cluster, IDS[2]);
  const dead = new Server(cluster, IDS[1]);
  for (const server of [a, c, dead]) server.announce();
  await Promise.all([a.hears(2), c.hears(2)]);
  const startMs = performance.now();
  dead.scene.engine.cut(); // As a process that was killed
  await Promise.all([a.seesGone(1), c.seesGone(1)]);
  assert(performance.now() - startMs < 5_000);
  assertEquals([a.gone, c.gone], [[`${IDS[1]}.1`], [`${IDS[1]}.1`]]);
  await a.hears(1);
  await dead[Symbol.asyncDispose]();
});

Deno.test("JoinedCluster.announce: ends the former run of its server at once", async () => {
  const cluster = new MemoryCluster(3);
  await using a = new Server(cluster, IDS[0]);
  a.announce();
  const first = new Server(cluster, IDS[1], 1);
  first.announce();
  await a.hears(1);
  await within(a.joined.log.reached(2), "both hi");
  await first.joined.log[Symbol.asyncDispose](); // Killed: it does not say that it is gone
  await using second = new Server(cluster, IDS[1], 2);
  await second.joined.log.reached(cluster.last);
  second.announce();
  await a.seesGone(1);
  assertEquals(a.gone, [`${IDS[1]}.1`]);
  first.joined.beats[Symbol.dispose]();
  first.joined.health[Symbol.dispose]();
  await first.scene[Symbol.asyncDispose]();
});

Deno.test("JoinedCluster.leave: tells the others at once", async () => {
  const cluster = new MemoryCluster(4);
  await using a = new Server(cluster, IDS[0]);
  const b = new Server(cluster, IDS[1]);
  a.announce();
  b.announce();
  await a.hears(1);
  const startMs = performance.now();
  await b[Symbol.asyncDispose]();
  await a.seesGone(1);
  assert(performance.now() - startMs < 900, "at once");
  assertEquals(a.joined.beats.list(), []);
});
