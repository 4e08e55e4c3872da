import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { runConsoleLine } from "../../lib/cli/server/server_console.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { connect } from "../../lib/client/connect.ts";
import { openDatabase } from "../../lib/files/database.ts";
import { exists } from "../../lib/files/exists.ts";
import { DATABASE_NAME } from "../../lib/files/own_marks.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { type ClusterServerOptions, ClusterServers } from "../helpers/cluster_servers.ts";
import { within } from "../helpers/deadline.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { checkOf, rot, setChecked } from "../helpers/rot.ts";
import type { TestServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import type { TempDir } from "../helpers/temp_dir.ts";

const LARGE = patternedBytes(20_000_000, 4);
const SMALL = patternedBytes(2_000, 5);

/** Two servers, of which the first one got two files from a client. Disposal stops them. */
class Scene implements AsyncDisposable {
  readonly first: TestServer;
  readonly second: TestServer;
  readonly data: TempDir;
  readonly #owned: AsyncDisposableStack;

  private constructor({ servers, folders }: ClusterServers, owned: AsyncDisposableStack) {
    [this.first, this.second] = servers as [TestServer, TestServer];
    this.data = folders[0]!;
    this.#owned = owned;
  }

  static async start(options: Omit<ClusterServerOptions, "data">): Promise<Scene> {
    await using owned = new AsyncDisposableStack();
    const nats = owned.use(await NatsCluster.start(1));
    const started = await ClusterServers.start(2, nats.urls, { uploads: true, ...options });
    const cluster = owned.use(started);
    using peer = await Protocol2Peer.connect(cluster.ports[0]!);
    await within(peer.put("large.bin", LARGE), "the upload");
    await within(peer.put("small.bin", SMALL), "the upload");
    return new Scene(cluster, owned.move());
  }

  /** Lets a file of the first server rot. */
  rot(path: string): void {
    rot({ root: this.first.root, data: this.data }, path);
  }

  /** Downloads a file from a server, as a client that verifies it. */
  async download({ port }: TestServer, path: string): Promise<string> {
    await using client = await connect({ hostname: "127.0.0.1", port });
    const directory = this.data.join(`got-${crypto.randomUUID()}`);
    const { file, sha256 } = await within(client.download(path, { directory }), "the download");
    assertEquals(sha256Of(Deno.readFileSync(file)), sha256);
    return sha256;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

/** The hashes of what is in the trash of a server. */
function trashOf({ root }: TestServer): string[] {
  const folders = root.list(".tcp-chat/trash");
  return folders.flatMap((folder) => {
    const path = `.tcp-chat/trash/${folder}`;
    return root.list(path).map((name) => sha256Of(Deno.readFileSync(root.join(path, name))));
  });
}

Deno.test(
  "scrub: a file that rots on one server is fetched anew from another one, and kept in the trash",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start({ scrubMs: 300 });
    const { first, second } = scene;
    for (const [path, bytes] of [["large.bin", LARGE], ["small.bin", SMALL]] as const) {
      await until(() => exists(second.root.join(path)), `the copy of ${path}`);
      scene.rot(path);
      const rotten = sha256Of(Deno.readFileSync(first.root.join(path)));
      const event = await first.waitFor("damaged", (each) => each.path === path);
      assertEquals(event, { event: "damaged", path, sha256: sha256Of(bytes), fetched: true });
      assertEquals(sha256Of(Deno.readFileSync(first.root.join(path))), sha256Of(bytes));
      assert(trashOf(first).includes(rotten));
      assertEquals(await scene.download(first, path), sha256Of(bytes));
    }
    assertEquals(first.server.cluster!.damagedFiles, 2);
    assert(first.server.cluster!.scrubbedBytes >= LARGE.length);
    assertEquals([second.eventsOf("damaged"), second.server.cluster!.damagedFiles], [[], 0]);
    await until(() => first.server.cluster!.wrongFiles === 0, "the end of the repair");
    const told = () => second.server.cluster!.peers[0]!.checks;
    await until(() => told()!.damagedFiles === 2 && told()!.wrongFiles === 0, "the heartbeat");
    assert(told()!.checkedMs! > Date.now() - 60_000);
  },
);

Deno.test(
  "scrub: a file that no other server has stays where it is, is not served, and counts as changed once it is written",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start({ scrubMs: 300, rescanMs: 200, copies: 1 });
    const { first, second } = scene;
    scene.rot("large.bin");
    const event = await first.waitFor("damaged");
    assertEquals([event.path, event.fetched], ["large.bin", false]);
    const { damagedFiles, wrongFiles } = first.server.cluster!;
    assertEquals([damagedFiles, wrongFiles], [1, 1]);
    const { lines: [line] } = await runConsoleLine(first.server, "/cluster", makeLocale("en"));
    assertStringIncludes(line!, ", 1 damaged file found, 1 file is still damaged · others: 1");
    for (const server of [first, second]) {
      const error = await assertRejects(() => scene.download(server, "large.bin"), Error);
      assertEquals((error as Error & { reason?: string }).reason, "no-copy");
    }
    assertEquals(await scene.download(first, "small.bin"), sha256Of(SMALL));
    // Its attributes are no content: the wrong bytes do not become those of all servers
    const path = first.root.join("large.bin");
    Deno.chmodSync(path, 0o600);
    const changedMs = Deno.statSync(path).ctime!.getTime();
    await until(() => checkOf(scene.data, "large.bin").changedMs === changedMs, "the rescan");
    using peer = await Protocol2Peer.connect(second.port);
    assertEquals((await peer.request("STAT", { path: "large.bin" })).sha256, sha256Of(LARGE));
    assertEquals(first.eventsOf("damaged").length, 1);
    first.root.write("large.bin", LARGE); // From a backup
    await until(
      async () => await scene.download(second, "large.bin").catch(() => "") === sha256Of(LARGE),
      "the good copy",
    );
    assertEquals(first.server.cluster!.conflicts, 0);
  },
);

Deno.test(
  "scrub: a file that no server has comes back with a client that uploads it again",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start({ scrubMs: 300, copies: 1 });
    const { first, second } = scene;
    scene.rot("large.bin");
    await first.waitFor("damaged", ({ fetched }) => !fetched);
    using peer = await Protocol2Peer.connect(second.port);
    const known = { path: "large.bin", size: LARGE.length, sha256: sha256Of(LARGE) };
    assertEquals(await peer.refusal("FPUT", known), "exists"); // Not as if it were there
    await within(peer.put("large.bin", LARGE, { replace: true }), "the upload");
    for (const server of [first, second]) {
      assertEquals(await scene.download(server, "large.bin"), sha256Of(LARGE));
    }
  },
);

Deno.test(
  "scrub: a server that gave wrong bytes to another one checks them, long before their time",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start({ copies: 1 });
    const { first, second } = scene;
    for (const path of ["large.bin", "small.bin"]) {
      assert(checkOf(scene.data, path).checkedMs > 0);
      scene.rot(path);
      await assertRejects(() => scene.download(second, path), Error);
      await until(() => checkOf(scene.data, path).checkedMs < 0, "the doubt");
    }
    assertEquals(first.eventsOf("damaged"), []);
  },
);

Deno.test(
  "FGET: wrong bytes of a small file are found while the database is locked, and each request is answered once",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start({ copies: 1 });
    using peer = await Protocol2Peer.connect(scene.first.port);
    await within(peer.put("right.bin", SMALL.slice(1)), "the upload");
    scene.rot("small.bin");
    using other = openDatabase(scene.data.join(DATABASE_NAME));
    other.exec("BEGIN IMMEDIATE");
    const ids: number[] = [];
    for (let i = 0; i < 6; i++) ids.push(await peer.ask("FGET", { path: "right.bin" }));
    const wrong = await peer.ask("FGET", { path: "small.bin" });
    for (const id of ids) {
      const { bytes } = await within(peer.receiveFile(id), "the answer");
      assertEquals(sha256Of(bytes), sha256Of(SMALL.slice(1)));
    }
    await within(peer.receiveFile(wrong), "the answer");
    other.exec("ROLLBACK");
    await peer.get("small.bin");
    await until(() => checkOf(scene.data, "small.bin").checkedMs < 0, "the doubt");
  },
);

Deno.test(
  "FCAN: a file of a cluster that a client doubts is checked, and not again within a day",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start({ copies: 1 });
    using peer = await Protocol2Peer.connect(scene.first.port);
    const doubt = async () => {
      const id = await peer.ask("FGET", { path: "large.bin" });
      await peer.receiveFile(id);
      await peer.send("FCAN", { id, wrong: true });
      await peer.request("STAT", { path: "large.bin" });
    };
    const dayMs = 24 * 60 * 60 * 1_000;
    const recentMs = Date.now() - dayMs + 60_000;
    setChecked(scene.data, "large.bin", recentMs);
    await doubt();
    assertEquals(checkOf(scene.data, "large.bin").checkedMs, recentMs);
    setChecked(scene.data, "large.bin", Date.now() - dayMs - 1);
    await doubt();
    await until(() => checkOf(scene.data, "large.bin").checkedMs < 0, "the doubt");
  },
);
