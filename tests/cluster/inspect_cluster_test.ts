import { assertEquals, assertRejects } from "@std/assert";
import { encodeMessage } from "../../lib/cluster/bus_request.ts";
import { EngineError } from "../../lib/cluster/engine.ts";
import { inspectCluster, listenToBeats } from "../../lib/cluster/inspect_cluster.ts";
import { answerStatus, readKnownServers } from "../../lib/cluster/server_status.ts";
import type { JsonObject } from "../../lib/protocol/json.ts";
import { MemoryCluster, type MemoryEngine } from "../helpers/memory_engine.ts";
import { ORIGINS, recordOf, Replica, sayOf, START } from "../helpers/replica.ts";

const IDS = ["aaaaaaaa", "bbbbbbbb", "cccccccc"] as const;
const SEEN = { seenPlace: 0, seenChain: START };

/** Three servers that know each other, each with two messages applied. */
class Scene implements AsyncDisposable {
  readonly cluster = new MemoryCluster();
  readonly operator = this.cluster.connect();
  readonly replicas = new Map<string, Replica>();
  readonly #disposables = new AsyncDisposableStack();
  stop: string | null = null;

  static async start(): Promise<Scene> {
    const scene = new Scene();
    for (const [i, origin] of ORIGINS.entries()) {
      const hi = {
        kind: "hi",
        server: IDS[i]!,
        host: `host-${i}`,
        port: 7_000 + i,
        fingerprint: null,
      } as const;
      await scene.cluster.append(recordOf({ origin, n: 1, ...SEEN }, [hi, sayOf(`${i}`)]));
    }
    for (const server of IDS) scene.#serve(server);
    return scene;
  }

  /** Lets the heartbeat of each of these servers be heard. */
  async inspect(servers: readonly string[] = IDS) {
    const report = inspectCluster(this.operator, "test", { listenMs: 50 });
    for (const server of servers) this.tell({ server });
    return await report;
  }

  /** Lets a heartbeat be heard. */
  tell(beat: JsonObject): void {
    this.operator.bus.publish("tc.test.beat", encodeMessage(beat));
  }

  #serve(server: string): void {
    const engine: MemoryEngine = this.#disposables.use(this.cluster.connect());
    const replica = this.#disposables.use(new Replica({ server }));
    this.replicas.set(server, replica);
    replica.apply(this.cluster.records);
    this.#disposables.use(answerStatus(engine.bus, { name: "test", server }, (place) => ({
      server,
      incarnation: `${server}.1`,
      applied: replica.machine.applied,
      chain: replica.machine.chain,
      chainAtPlace: replica.machine.chainAt(place),
      stop: this.stop,
      clients: 3,
      copiesMissing: null,
      copies: null,
      checks: null,
      known: readKnownServers(replica.database),
    })));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#disposables[Symbol.asyncDispose]();
    await this.operator[Symbol.asyncDispose]();
  }
}

Deno.test("inspectCluster: proves that all servers have applied the same", async () => {
  await using scene = await Scene.start();
  const report = await scene.inspect();
  assertEquals([report.isSame, report.place, report.log?.last], [true, 3, 3]);
  assertEquals(
    report.servers.map(({ server, host, port, behind }) => ({ server, host, port, behind })),
    [
      { server: "aaaaaaaa", host: "host-0", port: 7_000, behind: 0 },
      { server: "bbbbbbbb", host: "host-1", port: 7_001, behind: 0 },
      { server: "cccccccc", host: "host-2", port: 7_002, behind: 0 },
    ],
  );
});

Deno.test("inspectCluster: compares at the place of the server that is furthest behind", async () => {
  await using scene = await Scene.start();
  await scene.cluster.append(recordOf({ origin: ORIGINS[0], n: 2, ...SEEN }, [sayOf("more")]));
  for (const server of ["aaaaaaaa", "cccccccc"]) {
    scene.replicas.get(server)?.apply(scene.cluster.records);
  }
  const report = await scene.inspect();
  assertEquals([report.isSame, report.place], [true, 3]);
  assertEquals(report.servers.map(({ behind }) => behind), [0, 1, 0]);
});

Deno.test("inspectCluster: tells which server is furthest where the log is gone", async () => {
  await using scene = await Scene.start();
  await scene.cluster.append(recordOf({ origin: ORIGINS[0], n: 2, ...SEEN }, [sayOf("more")]));
  scene.replicas.get("bbbbbbbb")?.apply(scene.cluster.records);
  await scene.operator.log.remove();
  const report = await scene.inspect();
  assertEquals([report.isSame, report.log], [false, null]);
  assertEquals(report.servers.map(({ behind }) => behind), [1, 0, 1]);
  await assertRejects(() => scene.inspect([]), EngineError);
});

Deno.test("inspectCluster: asks servers that are known, and were not heard", async () => {
  await using scene = await Scene.start();
  const report = await scene.inspect(["bbbbbbbb"]);
  assertEquals(report.isSame, true);
  assertEquals(report.servers.map(({ status }) => status?.clients), [3, 3, 3]);
});

Deno.test("inspectCluster: finds a server that has applied another record", async () => {
  await using scene = await Scene.start();
  const [lost] = scene.cluster.records.slice(-1);
  const payload = recordOf({ origin: ORIGINS[2], n: 1, ...SEEN }, [sayOf("other")]);
  using other = new Replica({ server: "cccccccc" });
  other.apply([...scene.cluster.records.slice(0, -1), { ...lost!, payload }]);
  scene.replicas.get("cccccccc")!.machine = other.machine;
  const report = await scene.inspect();
  assertEquals([report.isSame, report.place], [false, 3]);
});

Deno.test("inspectCluster: is no proof while a known server is not there, or one has stopped", async () => {
  await using scene = await Scene.start();
  scene.stop = "no-space";
  assertEquals((await scene.inspect()).isSame, false);
  scene.stop = null;
  assertEquals((await scene.inspect()).isSame, true);
  const hi = { kind: "hi", server: "dddddddd", host: "d", port: 1, fingerprint: null } as const;
  await scene.cluster.append(recordOf({ origin: "dddddddd.1", n: 1, ...SEEN }, [hi]));
  for (const replica of scene.replicas.values()) replica.apply(scene.cluster.records);
  const report = await scene.inspect();
  assertEquals(report.isSame, false);
  assertEquals(report.servers.map(({ server, status }) => [server, status === null]), [
    ["aaaaaaaa", false],
    ["bbbbbbbb", false],
    ["cccccccc", false],
    ["dddddddd", true],
  ]);
});

Deno.test("inspectCluster: is no proof where no server knows its chain", async () => {
  await using scene = await Scene.start();
  for (const { database } of scene.replicas.values()) database.exec("DELETE FROM chains");
  const report = await scene.inspect();
  assertEquals(report.servers.map(({ status }) => status?.chainAtPlace), [null, null, null]);
  assertEquals(report.isSame, false);
});

Deno.test("inspectCluster: is no proof where no server is heard", async () => {
  const cluster = new MemoryCluster();
  await using engine = cluster.connect();
  const report = await inspectCluster(engine, "test", { listenMs: 1 });
  assertEquals([report.isSame, report.servers], [false, []]);
});

Deno.test("listenToBeats: tells where servers are reached, but not of one that takes no messages", async () => {
  await using scene = await Scene.start();
  const heard = listenToBeats(scene.operator, "test", 10_000); // Ends with the last of them
  const address = { host: "127.0.0.1", port: 7_000, fingerprint: null };
  for (const [server, stop] of [[IDS[0], null], [IDS[1], "diverged"]] as const) {
    scene.tell({ server, stop, ...address });
  }
  scene.tell({ server: IDS[2] });
  assertEquals([...await heard], [
    [IDS[0], { server: IDS[0], ...address }],
    [IDS[1], null],
    [IDS[2], null],
  ]);
});
