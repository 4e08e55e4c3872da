import { assertEquals } from "@std/assert";
import type { Beat } from "../../lib/cluster/cluster.ts";
import { ContentBus } from "../../lib/cluster/content_bus.ts";
import { contentOf, ContentServer, TestContents } from "../helpers/content_servers.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { MemoryCluster, type MemoryEngine } from "../helpers/memory_engine.ts";
import { NEVER } from "../helpers/sending.ts";

const SMALL = patternedBytes(1_000);
const LARGE = patternedBytes(3_000_000);

function beatOf(server: string, port: number, clients = 0): Beat {
  return {
    server,
    host: "127.0.0.1",
    port,
    fingerprint: null,
    incarnation: `${server}.1`,
    applied: 0,
    chain: "",
    clients,
    freeBytes: null,
    checks: null,
    time: null,
    stop: null,
  };
}

/** The contents of one server of a cluster, whose members are told. */
function busOf(
  { bus }: MemoryEngine,
  serverId: string,
  beats: readonly Beat[],
  copies: Record<string, string[]> = {},
): ContentBus {
  const never = { [Symbol.dispose]: () => {} };
  return new ContentBus({
    name: "test",
    serverId,
    bus,
    beats: { list: () => beats, isThawing: false, onChange: () => never, onBeat: () => never },
  }, { holdersOf: (sha256) => copies[sha256] ?? [] });
}

Deno.test("ContentBus: asks those first that have told that they have it, then those with fewer clients", async () => {
  await using engine = new MemoryCluster().connect();
  const beats = [beatOf("a", 1, 9), beatOf("b", 2, 5), beatOf("c", 3, 7), beatOf("d", 4, 1)];
  const contents = busOf(engine, "a", beats, { x: ["c", "b", "gone"] });
  assertEquals(contents.holdersOf("x").map(({ server }) => server), ["b", "c", "d"]);
  assertEquals(contents.holdersOf("y").map(({ server }) => server), ["d", "b", "c"]);
});

Deno.test("ContentBus: fetches from the server that has a content, small or large", async () => {
  const cluster = new MemoryCluster();
  await using a = await ContentServer.start("a", { "s.bin": SMALL, "l.bin": LARGE });
  await using b = await ContentServer.start("b");
  await using c = await ContentServer.start("c");
  await using engineA = cluster.connect();
  await using engineB = cluster.connect();
  await using engineC = cluster.connect();
  const beats = [a, b, c].map(({ id, server: { port } }) => beatOf(id, port));
  using _a = busOf(engineA, "a", beats).serve(a.local);
  using _c = busOf(engineC, "c", beats).serve(c.local);
  await using contents = new TestContents(b, busOf(engineB, "b", beats));
  for (const bytes of [SMALL, LARGE]) {
    using content = await contents.open(contentOf(bytes), NEVER);
    await content.until(bytes.length, NEVER);
    assertEquals(sha256Of(Deno.readFileSync(content.file.realPath)), sha256Of(bytes));
  }
});

Deno.test("ContentBus: what is not here, not answered or not understood is as if it were not there", async () => {
  const cluster = new MemoryCluster();
  await using a = await ContentServer.start("a", { "s.bin": SMALL });
  await using engineA = cluster.connect();
  await using engineB = cluster.connect();
  const beats = [beatOf("a", a.server.port), beatOf("b", 1)];
  using _ = busOf(engineA, "a", beats).serve(a.local);
  const contents = busOf(engineB, "b", beats);
  const [holder] = contents.holdersOf("");
  const absent = contentOf(LARGE);
  assertEquals(await contents.ticket(holder!, absent), null);
  assertEquals(await contents.small(holder!, absent), null);
  assertEquals(await contents.small({ ...holder!, server: "nobody" }, contentOf(SMALL)), null);
  const none = (payload: string) =>
    engineB.bus.request("tc.test.content.a.ticket", new TextEncoder().encode(payload), 1_000);
  for (const payload of ["", "{", "{}", '{"sha256":"x","size":1,"from":"b"}']) {
    assertEquals((await none(payload)).length, 0, payload);
  }
});
