import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { exists } from "../../lib/files/exists.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { ClusterServers, startClusterServer } from "../helpers/cluster_servers.ts";
import { MANAGER } from "../helpers/managed_server.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { pathsOf, textAt } from "../helpers/peer_files.ts";
import { dataFrames, jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const OPTIONS = { ...MANAGER, rescanMs: 200 };
const OLD = new Date(1_700_000_000_000);

/** The text of a file; `null` if there is none. */
function contentOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** NATS, and a data folder and a served folder, on which servers start and stop. Disposal removes them. */
class Scene implements AsyncDisposable {
  readonly #owned: AsyncDisposableStack;
  readonly #nats: NatsCluster;
  readonly data: TempDir;
  readonly root: TempDir = new TempDir();

  private constructor(nats: NatsCluster, data: TempDir, owned: AsyncDisposableStack) {
    this.#nats = nats;
    this.data = data;
    this.#owned = owned;
  }

  static async open(): Promise<Scene> {
    await using owned = new AsyncDisposableStack();
    const nats = owned.use(await NatsCluster.start(1));
    return new Scene(nats, owned.use(new TempDir()), owned.move());
  }

  /** Starts a server on the folders. The served one is gone with it. */
  start(): Promise<TestServer> {
    const { data, root } = this;
    return startClusterServer(this.#nats.urls, { ...OPTIONS, data, root });
  }

  /** Starts a server with folders of its own, which stops with the scene, and connects to it. */
  async connectToOther(): Promise<Protocol2Peer> {
    const { ports } = this.#owned.use(await ClusterServers.start(1, this.#nats.urls, OPTIONS));
    return await Protocol2Peer.connect(ports[0]!);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

Deno.test(
  "serve: the files of the first server become those of the cluster",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.open();
    const { root } = scene;
    for (const path of ["a.txt", "docs/b.txt", "docs/deep/c.txt"]) {
      root.write(path, path);
      Deno.utimeSync(root.join(path), OLD, OLD);
    }
    Deno.mkdirSync(root.join("empty"));
    await using first = await scene.start();
    using here = await Protocol2Peer.connect(first.port);
    using there = await scene.connectToOther();
    const paths = ["a.txt", "docs", "docs/b.txt", "docs/deep", "docs/deep/c.txt", "empty"];
    await until(async () => (await pathsOf(there)).length === paths.length, "all files");
    assertEquals(await pathsOf(there), paths);
    assertEquals(await textAt(here, "docs/b.txt"), "docs/b.txt");
    const { mtime, sha256 } = await there.request("STAT", { path: "a.txt" });
    assertEquals([mtime, sha256], [OLD.getTime(), sha256Of("a.txt")]);
  },
);

Deno.test(
  "serve: what was removed, moved and replaced while a server was away happens when it is back",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.open();
    const { root } = scene;
    using here = await scene.connectToOther();
    const away = await scene.start();
    {
      using peer = await Protocol2Peer.connect(away.port);
      for (const path of ["gone", "from/x", "old"]) await peer.put(path, path);
    }
    await away.server.stop();
    await here.request("DELE", { path: "gone" });
    await here.request("MOVE", { path: "from", to: "to" });
    await here.put("old", "new", { replace: true });
    await using back = await scene.start();
    using peer = await Protocol2Peer.connect(back.port);
    const isDone = () => exists(root.join("to/x")) && !exists(root.join("gone"));
    await until(isDone, "what was moved and removed");
    await until(() => !exists(root.join("from")), "the folder that was moved");
    await until(() => contentOf(root.join("old")) !== "old", "what was replaced");
    assertEquals(await textAt(peer, "to/x"), "from/x");
    assertEquals(await pathsOf(peer), ["old", "to", "to/x"]);
    assertEquals(await pathsOf(here), ["old", "to", "to/x"]);
    const trash = [...Deno.readDirSync(root.join(".tcp-chat/trash"))];
    assertEquals(trash.length, 2);
  },
);

Deno.test(
  "serve: an upload that died between the log and its name gets the name at the start",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.open();
    const { data, root } = scene;
    const dying = await scene.start();
    {
      using peer = await Protocol2Peer.connect(dying.port);
      await peer.put("a/x", "the content");
    }
    await dying.server.stop();
    // As a crash right after the entry was applied leaves it
    Deno.mkdirSync(root.join(".tcp-chat"), { recursive: true, mode: 0o700 });
    Deno.renameSync(root.join("a/x"), root.join(".tcp-chat/0f8fad5b.once"));
    using database = new DatabaseSync(data.join("tcp-chat.db"));
    database.exec("DELETE FROM holdings WHERE path = 'a/x'");
    database.close();
    await using again = await scene.start();
    await until(() => exists(root.join("a/x")), "the name of the upload");
    using peer = await Protocol2Peer.connect(again.port);
    assertEquals(await textAt(peer, "a/x"), "the content");
  },
);

Deno.test(
  "FGET: a file of another server is sent, also once that has started again",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.open();
    using there = await scene.connectToOther();
    const first = await scene.start();
    const large = "large ".repeat(200_000);
    {
      using here = await Protocol2Peer.connect(first.port);
      await here.put("small", "small");
      const { version } = await here.put("large", large);
      assertEquals(await textAt(there, "small"), "small");
      const { head, bytes } = await there.get("large", { offset: 600_000, version });
      assertEquals([head.offset, bytes.length], [600_000, 600_000]);
      await here.put("later", "later");
    }
    await first.server.stop();
    await using again = await scene.start();
    const isHere = () => there.get("later").then(({ bytes }) => bytes.length === 5, () => false);
    await until(isHere, "the file of the server that is back");
    assertEquals(again.root.path, scene.root.path);
  },
);

Deno.test(
  "serve: a server that leaves its cluster has the files that are on it, and tells of the others",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.open();
    using there = await scene.connectToOther();
    const first = await scene.start();
    {
      using here = await Protocol2Peer.connect(first.port);
      await here.put("own/a", "own");
      await here.done(
        await here.ask("FPUT", { path: "same", size: 3, sha256: sha256Of("own") }),
      );
      await there.put("far", "far away");
      await there.put("fetched", "fetched");
      await there.request("MKDR", { path: "empty" });
      const isHere = () => here.get("fetched").then(({ bytes }) => bytes.length === 7, () => false);
      await until(isHere, "the fetched file");
    }
    await first.server.stop();
    await using alone = await startServer(
      { ...MANAGER, dataDirectory: scene.data.path, alone: true },
      {},
      scene.root,
    );
    using peer = await Protocol2Peer.connect(alone.port);
    const listed = await pathsOf(peer);
    assertEquals(listed.filter((path) => !["far", "fetched"].includes(path)), [
      "empty",
      "own",
      "own/a",
      "same",
    ]);
    assertEquals(await textAt(peer, "same"), "own");
    const told = alone.eventsOf("warning").map(({ message }) => message).join();
    for (const path of ["far", "fetched"]) assert(listed.includes(path) || told.includes("far"));
  },
);

Deno.test("MPUT, MGET, known content: count on all servers", NEEDS_NATS, async () => {
  await using nats = await NatsCluster.start(1);
  await using cluster = await ClusterServers.start(2, nats.urls, { ...OPTIONS, copies: 1 });
  using here = await Protocol2Peer.connect(cluster.ports[0]!);
  using there = await Protocol2Peer.connect(cluster.ports[1]!);
  await there.put("in/taken", "taken");
  const files = { a: "aa", b: "", "sub/c": "cc", taken: "other" };
  const contents = Object.values(files);
  const id = here.newId();
  await here.raw.send(
    jsonFrame("MPUT", {
      id,
      path: "in",
      names: Object.keys(files).join("\n"),
      sizes: contents.map(({ length }) => length),
      mtimes: contents.map(() => OLD.getTime()),
      sha256: contents.map((content) => sha256Of(content)).join(""),
    }),
    ...dataFrames(contents.join(""), 1_000),
    jsonFrame("FEND", { id }),
  );
  assertEquals(await here.done(id), { alone: [3] });
  assertEquals(await pathsOf(there), ["in", "in/a", "in/b", "in/sub", "in/sub/c", "in/taken"]);
  const asked = await here.ask("MGET", { path: "in", names: "a\ntaken\nnone" });
  const { alone, sizes, mtimes } = await here.expect("MMET");
  assertEquals([alone, sizes, mtimes], [[1, 2], [2], [OLD.getTime()]]);
  assertEquals((await here.read())?.type, "FDAT");
  assertEquals((await here.expect("FEND")).id, asked);
  const compared = await there.ask("MGET", {
    path: "in",
    names: "a\ntaken",
    compare: true,
    have: [sha256Of("aa"), sha256Of("no")].join("\n"),
  });
  assertEquals(await there.expect("MMET").then(({ same, alone }) => [same, alone]), [[0], [1]]);
  assertEquals((await there.expect("FEND")).id, compared);
  const known = await here.ask("FPUT", { path: "copy", size: 2, sha256: sha256Of("aa") });
  assertEquals((await here.done(known)).sha256, sha256Of("aa"));
  assertEquals(await textAt(here, "copy"), "aa");
  await here.request("DELE", { path: "in/a" });
  assertEquals(await textAt(here, "copy"), "aa");
});
