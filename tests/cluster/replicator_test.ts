import { assert, assertEquals } from "@std/assert";
import type { Beat } from "../../lib/cluster/cluster.ts";
import { type CopyCount, rankServers } from "../../lib/cluster/content_rank.ts";
import { Replicator, type ReplicatorOptions } from "../../lib/cluster/replicator.ts";
import { SeenServers } from "../../lib/cluster/seen_servers.ts";
import type { WantedContent } from "../../lib/transfer/contents.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { NEVER } from "../helpers/sending.ts";
import { until } from "../helpers/serves_on.ts";

const SERVERS = ["a", "b", "c", "d"];
const CONTENTS: WantedContent[] = Array.from({ length: 250 }, (_, i) => ({
  sha256: sha256Of(String(i)),
  sizeBytes: 100,
})).sort((x, y) => x.sha256 < y.sha256 ? -1 : 1);

/** A cluster whose servers keep what they are to have at once. */
class Scene {
  readonly holders = new Map<string, string[]>();
  readonly there: string[];
  readonly free = new Map<string, number>();
  readonly missing: number[] = [];
  contents = CONTENTS;

  constructor(readonly copies: CopyCount = 2, there = SERVERS) {
    this.there = [...there];
  }

  replicator(serverId: string, overrides: Partial<ReplicatorOptions> = {}): Replicator {
    return new Replicator({
      serverId,
      copies: this.copies,
      known: { holdersOf: (sha256) => this.holders.get(sha256) ?? [] },
      page: (after, limit) => this.contents.filter(({ sha256 }) => sha256 > after).slice(0, limit),
      seen: () =>
        this.there.filter((server) => server !== serverId)
          .map((server) => ({ server, freeBytes: this.free.get(server) ?? null })),
      freeBytes: () => Promise.resolve(this.free.get(serverId) ?? null),
      isBusy: () => false,
      keep: ({ sha256 }) => {
        this.give(sha256, serverId);
        return Promise.resolve();
      },
      onMissing: (count) => this.missing.push(count),
      ...overrides,
    });
  }

  give(sha256: string, server: string): void {
    this.holders.set(sha256, [...this.holders.get(sha256) ?? [], server]);
  }

  async lookAll(): Promise<void> {
    for (const server of this.there) await this.replicator(server).look(NEVER);
  }

  /** The numbers of copies at servers that are there, each once. */
  counts(): number[] {
    const counts = this.contents.map(({ sha256 }) =>
      (this.holders.get(sha256) ?? []).filter((server) => this.there.includes(server)).length
    );
    return [...new Set(counts)].sort();
  }
}

Deno.test("Replicator: each content comes to as many servers as are to have it", async () => {
  for (const [copies, expected] of [[1, 1], [2, 2], [3, 3], ["all", 4], [9, 4]] as const) {
    const scene = new Scene(copies);
    await scene.lookAll();
    assertEquals(scene.counts(), [expected]);
    const before = JSON.stringify([...scene.holders]);
    await scene.lookAll();
    assertEquals(JSON.stringify([...scene.holders]), before); // Nothing twice
  }
});

Deno.test("Replicator: copies are repaired once a server is gone, and it gets none back for that", async () => {
  const scene = new Scene();
  await scene.lookAll();
  scene.there.splice(scene.there.indexOf("b"), 1);
  assertEquals(scene.counts(), [1, 2]);
  await scene.lookAll();
  assertEquals(scene.counts(), [2]);
  const before = [...scene.holders.values()].flat().length;
  scene.there.push("b");
  await scene.lookAll();
  assertEquals([...scene.holders.values()].flat().length, before);
});

Deno.test("Replicator: a server without room is passed over, for the next in rank", async () => {
  const scene = new Scene();
  scene.free.set("a", 200);
  await scene.lookAll();
  assertEquals(scene.counts(), [2]);
  assert(![...scene.holders.values()].flat().includes("a"));
  const wider = new Scene();
  wider.free.set("a", 201);
  await wider.lookAll();
  assert([...wider.holders.values()].flat().includes("a"));
});

Deno.test("Replicator: what enough servers have stays with them, whatever their rank", async () => {
  const scene = new Scene();
  for (const { sha256 } of CONTENTS) scene.give(sha256, "a");
  await scene.lookAll();
  assertEquals(scene.counts(), [2]);
  for (const holders of scene.holders.values()) assertEquals(holders[0], "a");
  assertEquals([...new Set([...scene.holders.values()].map(([, other]) => other))].sort(), [
    "b",
    "c",
    "d",
  ]);
});

Deno.test("Replicator: tells how many copies are missing, when that changes", async () => {
  const scene = new Scene(2);
  scene.contents = CONTENTS.slice(0, 10);
  const { sha256 = "" } = scene.contents[0]!;
  scene.give(sha256, "gone");
  const lone = scene.replicator("a", { keep: () => Promise.reject(new Error("no")) });
  await lone.look(NEVER);
  await lone.look(NEVER);
  assertEquals([scene.missing, lone.missing], [[20], 20]);
  scene.give(sha256, "b");
  await lone.look(NEVER);
  assertEquals(scene.missing, [20, 19]);
});

Deno.test("Replicator: keeps two contents at a time, and none while clients wait", async () => {
  const scene = new Scene("all");
  let isBusy = true;
  let underWay = 0;
  let most = 0;
  const ends: (() => void)[] = [];
  const replicator = scene.replicator("a", {
    isBusy: () => isBusy,
    keep: async ({ sha256 }) => {
      most = Math.max(most, ++underWay);
      await new Promise<void>((resolve) => ends.push(resolve));
      underWay--;
      scene.give(sha256, "a");
    },
  });
  const looked = replicator.look(NEVER);
  await until(() => ends.length === 0, "nothing");
  assertEquals(underWay, 0);
  isBusy = false;
  for (let i = 0; i < CONTENTS.length; i++) {
    await until(() => ends.length > 0, "a content");
    ends.shift()!();
  }
  await looked;
  assertEquals(most, 2);
});

Deno.test("Replicator: looks at a new content at once, and ends with its signal", async () => {
  const scene = new Scene(1);
  scene.contents = [];
  const end = new AbortController();
  const content = CONTENTS.find(({ sha256 }) => rankServers(sha256, SERVERS)[0] === "a")!;
  const replicator = scene.replicator("a", { lookMs: 3_600_000 });
  const running = replicator.run(end.signal);
  replicator.add(content);
  await until(() => scene.holders.has(content.sha256), "the copy");
  replicator.add(CONTENTS.find(({ sha256 }) => rankServers(sha256, SERVERS)[0] === "b")!);
  end.abort();
  await running;
  assertEquals(scene.holders.size, 1);
});

Deno.test("SeenServers: a server counts until it was silent for long, and at the start without a word", () => {
  let nowMs = 0;
  let hear: (beat: Beat) => void = () => {};
  const beatOf = (server: string, freeBytes: number | null) => ({ server, freeBytes }) as Beat;
  using seen = new SeenServers({
    beats: {
      list: () => [beatOf("b", 1)],
      isThawing: false,
      onChange: () => ({ [Symbol.dispose]: () => {} }),
      onBeat: (listener) => {
        hear = listener;
        return { [Symbol.dispose]: () => {} };
      },
    },
    known: ["a", "b"],
    nowMs: () => nowMs,
    forgetMs: 100,
  });
  assertEquals(seen.list().map(({ server }) => server), ["a", "b"]);
  nowMs = 90;
  hear(beatOf("c", null));
  hear(beatOf("b", 7));
  nowMs = 101;
  assertEquals(seen.list(), [{ server: "b", freeBytes: 7 }, { server: "c", freeBytes: null }]);
  nowMs = 191;
  assertEquals(seen.list(), []);
});
