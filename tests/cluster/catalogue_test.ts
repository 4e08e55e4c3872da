import { assertEquals } from "@std/assert";
import { exists } from "../../lib/files/exists.ts";
import { ClusterServers } from "../helpers/cluster_servers.ts";
import { MANAGER } from "../helpers/managed_server.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { pathsOf, textAt } from "../helpers/peer_files.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import type { TestServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";

/** Guests may do all, and the served folder is looked at often. */
const OPTIONS = { ...MANAGER, rescanMs: 200 };

/** Three servers, and a peer of each. Disposal stops all. */
class Scene implements AsyncDisposable {
  readonly servers: readonly TestServer[];
  readonly peers: readonly Protocol2Peer[];
  readonly #owned: AsyncDisposableStack;

  private constructor(
    servers: readonly TestServer[],
    peers: readonly Protocol2Peer[],
    owned: AsyncDisposableStack,
  ) {
    this.servers = servers;
    this.peers = peers;
    this.#owned = owned;
  }

  static async start(count = 3): Promise<Scene> {
    await using owned = new AsyncDisposableStack();
    const nats = owned.use(await NatsCluster.start(1));
    const { servers, ports } = owned.use(await ClusterServers.start(count, nats.urls, OPTIONS));
    const peers: Protocol2Peer[] = [];
    for (const port of ports) peers.push(owned.use(await Protocol2Peer.connect(port)));
    return new Scene(servers, peers, owned.move());
  }

  /** What every server lists, which must be the same. */
  async listed(): Promise<string[]> {
    const lists = await Promise.all(this.peers.map((peer) => pathsOf(peer)));
    for (const list of lists) assertEquals(list, lists[0]);
    return lists[0] ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

Deno.test(
  "FPUT: a file is listed and told of by all servers, with one version",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start();
    const [first, second, third] = scene.peers;
    const done = await first!.put("a/b.txt", "hello");
    assertEquals(await scene.listed(), ["a", "a/b.txt"]);
    for (const peer of scene.peers) {
      const { version, size, sha256 } = await peer.request("STAT", { path: "a/b.txt" });
      assertEquals([version, size, sha256], [done.version, 5, done.sha256]);
    }
    assertEquals(await textAt(first!, "a/b.txt"), "hello");
    assertEquals(await second!.refusal("FPUT", { path: "a/b.txt", size: 1 }), "exists");
    assertEquals(await third!.refusal("FPUT", { path: "A/b.txt", size: 1 }), "exists");
  },
);

Deno.test(
  "FPUT: a content that the path has already gives no right to a room",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start(1);
    const [peer] = scene.peers;
    const { sha256 } = await peer!.put("x", "hello");
    const same = { path: "x", size: 5, sha256 };
    assertEquals((await peer!.done(await peer!.ask("FPUT", same))).sha256, sha256);
    assertEquals(await peer!.refusal("FPUT", { ...same, room: "#other" }), "denied");
  },
);

Deno.test(
  "FPUT: of two uploads of one path on two servers at once, one wins",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start();
    const ids: number[] = [];
    for (const peer of scene.peers) ids.push(await peer.ask("FPUT", { path: "x", size: 3 }));
    for (const [i, peer] of scene.peers.entries()) await peer.expect("REDY").then(() => i);
    for (const [i, peer] of scene.peers.entries()) await peer.sendContent(ids[i]!, `no${i}`);
    const outcomes = await Promise.all(
      scene.peers.map((peer, i) => peer.done(ids[i]!).then(() => "done", () => "refused")),
    );
    assertEquals(outcomes.toSorted(), ["done", "refused", "refused"]);
    const winner = outcomes.indexOf("done");
    assertEquals(await textAt(scene.peers[winner]!, "x"), `no${winner}`);
    const isOnlyThere = () =>
      scene.servers.every(({ root }, i) => root.list().includes("x") === (i === winner));
    await until(isOnlyThere, "the end of the other uploads");
  },
);

Deno.test(
  "MKDR, MOVE, DELE: count on all servers, and move the copies in the served folders",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start();
    const [first, second, third] = scene.peers;
    await first!.put("a/x", "one");
    await second!.put("a/y", "two");
    await third!.request("MKDR", { path: "c" });
    await third!.request("MOVE", { path: "a", to: "c/d" });
    assertEquals(await scene.listed(), ["c", "c/d", "c/d/x", "c/d/y"]);
    await until(() => exists(scene.servers[0]!.root.join("c/d/x")), "the moved file");
    assertEquals(await textAt(first!, "c/d/x"), "one");
    assertEquals(await second!.refusal("MOVE", { path: "c", to: "c/d/e" }), "bad-path");
    assertEquals(await second!.request("DELE", { path: "c", recursive: true }), {
      path: "c",
      files: 2,
      folders: 2,
    });
    assertEquals(await scene.listed(), []);
    const isEmpty = () => scene.servers[0]!.root.list().every((name) => name.startsWith("."));
    await until(isEmpty, "the removal");
  },
);

Deno.test(
  "rescan: files of a served folder are put, changed and lost, but never deleted",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start();
    const [first, second] = scene.servers;
    first!.root.write("docs/a.txt", "from the operator");
    await until(
      async () => (await pathsOf(scene.peers[1]!)).includes("docs/a.txt"),
      "the new file",
    );
    assertEquals(await scene.listed(), ["docs", "docs/a.txt"]);
    const before = await scene.peers[1]!.request("STAT", { path: "docs/a.txt" });
    first!.root.write("docs/a.txt", "changed by the operator");
    const isChanged = async () => {
      const { sha256 } = await scene.peers[1]!.request("STAT", { path: "docs/a.txt" });
      return sha256 !== before.sha256;
    };
    await until(isChanged, "the changed file");
    for (const [i, server] of [first!, second!].entries()) server.root.write("both.txt", `by ${i}`);
    const isTold = (server: TestServer) =>
      server.eventsOf("warning").some(({ message }) => message.includes("both.txt"));
    await until(() => isTold(first!) !== isTold(second!), "the conflict");
    Deno.removeSync(first!.root.join("docs/a.txt"));
    assertEquals(await scene.listed(), ["both.txt", "docs", "docs/a.txt"]);
  },
);
