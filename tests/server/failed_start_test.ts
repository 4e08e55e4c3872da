import { assert, assertEquals, assertRejects } from "@std/assert";
import { openDatabase } from "../../lib/files/database.ts";
import { serveWithPage } from "../../lib/server/serve.ts";
import { isUnlocked } from "../helpers/is_unlocked.ts";
import { MemoryCluster, type MemoryEngine } from "../helpers/memory_engine.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** The folders of a server that is one of a cluster, and what it has open. Disposal removes the folders. */
class Scene implements Disposable {
  readonly root = new TempDir();
  readonly data = new TempDir();
  /** Its connections to the cluster. */
  readonly engines = new Set<MemoryEngine>();
  readonly #cluster = new MemoryCluster();

  constructor() {
    this.#cluster.hasLog = false;
  }

  /** Starts the server. */
  start(port: number) {
    return serveWithPage({
      hostname: "127.0.0.1",
      port,
      root: this.root.path,
      dataDirectory: this.data.path,
      cluster: { servers: ["nats://127.0.0.1:1"], name: "test", host: "127.0.0.1" },
      openEngine: () => Promise.resolve(this.#connect()),
    }, null);
  }

  /** Changes the database of the server. */
  change(sql: string): void {
    const database = openDatabase(this.data.join("tcp-chat.db"));
    database.exec(sql);
    database.close();
  }

  #connect(): MemoryEngine {
    const engine = this.#cluster.connect();
    const dispose = engine[Symbol.asyncDispose].bind(engine);
    engine[Symbol.asyncDispose] = async () => {
      this.engines.delete(engine);
      await dispose();
    };
    this.engines.add(engine);
    return engine;
  }

  [Symbol.dispose](): void {
    this.root[Symbol.dispose]();
    this.data[Symbol.dispose]();
  }
}

/** Lets a start fail, and checks that it leaves nothing open. */
async function fails(scene: Scene, port: number): Promise<void> {
  await assertRejects(() => scene.start(port));
  assertEquals(scene.engines.size, 0);
  assertEquals(scene.data.list().filter((name) => name.startsWith("tcp-chat.db-")), []);
  assert(isUnlocked(scene.data.join("server.lock")));
}

Deno.test("serve: leaves neither database nor cluster open where its port is taken, and starts later", async () => {
  using scene = new Scene();
  {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await fails(scene, taken.addr.port);
  }
  await using server = await scene.start(0);
  assertEquals([server.cluster?.state, scene.engines.size], ["in-step", 1]);
});

Deno.test("serve: leaves neither database nor cluster open where it fails before", async () => {
  using scene = new Scene();
  scene.change("ALTER TABLE hashes RENAME TO lost"); // The first that is opened behind the cluster
  await fails(scene, 0);
  scene.change("ALTER TABLE lost RENAME TO hashes");
  scene.root.write(".tcp-chat/contents", "no folder"); // Of the contents of other servers
  await fails(scene, 0);
});
