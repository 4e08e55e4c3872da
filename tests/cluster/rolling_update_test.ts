/** Three real servers that are updated one after the other, while clients talk and move files without a pause. */
import { assertEquals } from "@std/assert";
import { VERSION } from "../../lib/version.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { type Changes, OtherVersion } from "../helpers/other_version.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { until } from "../helpers/serves_on.ts";
import { SteadyTransfers } from "../helpers/steady_transfers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { auditTalk } from "../faults/cluster_audit.ts";
import { Chatter, untilFlowing } from "../faults/cluster_talk.ts";
import { ClusterServer } from "../faults/cluster_world.ts";

/** A version whose log the one before can read. */
const SAME_LOG: Changes = {
  "lib/version.ts": { [`VERSION = "${VERSION}"`]: 'VERSION = "999.0.0"' },
  "lib/files/migrations.ts": { "\n];\n": "\n  `CREATE TABLE news (text TEXT)`,\n];\n" },
};

/** A version that reads the log of the one before, and writes what that one does not know. */
const NEW_LOG: Changes = {
  ...SAME_LOG,
  "lib/cluster/record.ts": {
    "const VERSION = 1;": "const VERSION = 2;",
    '!== VERSION) return "newer"': '> VERSION) return "newer"',
  },
};

/** Three servers of this version, with a chat at each, and clients that move files. */
class Scene implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;

  private constructor(
    readonly servers: readonly ClusterServer[],
    readonly chatters: readonly Chatter[],
    readonly transfers: readonly SteadyTransfers[],
    readonly other: OtherVersion,
    stack: AsyncDisposableStack,
  ) {
    this.#stack = stack;
  }

  static async start(changes: Changes): Promise<Scene> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(new TempDir());
    const other = stack.use(new OtherVersion(changes));
    const nats = stack.use(await NatsCluster.start(1));
    const servers = ["ada", "bob", "eve"].map((name) =>
      new ClusterServer(name, folder.path, nats.urls, ["-u"])
    );
    stack.defer(() => Promise.all(servers.map((server) => server.stop("SIGKILL"))).then(() => {}));
    for (const server of servers) server.start();
    for (const server of servers) await server.listening();
    const chatters = servers.map(({ name }) => stack.use(new Chatter(name)));
    const ports = servers.map(({ port }) => port);
    for (const [at, chatter] of chatters.entries()) await chatter.start(ports[at]!);
    const transfers = ports.map((_, at) =>
      stack.use(new SteadyTransfers(`file-${at}`, [...ports.slice(at), ...ports.slice(0, at)]))
    );
    await until(() => transfers.every(({ uploads }) => uploads.size > 0), "the first files");
    return new Scene(servers, chatters, transfers, other, stack.move());
  }

  /** Replaces the program of a server as an operator does. */
  async update(server: ClusterServer): Promise<void> {
    assertEquals(await server.stop("SIGTERM"), 0);
    server.start(this.other.command);
    await server.listening();
    using peer = await Protocol2Peer.connect(server.port);
    assertEquals(peer.hello.agent, "tcp-chat/999.0.0");
  }

  /** Resolves once each chat has said some more. */
  async flows(): Promise<void> {
    await untilFlowing(this.chatters, 3, 2 * DEADLINE_MS); // What is in flight at a halted server takes 10 s
  }

  /** Checks that nothing is lost, doubled or out of order. */
  async check(): Promise<void> {
    const { servers, chatters, transfers } = this;
    await Promise.all(transfers.map((transfer) => transfer.end()));
    await Promise.all(chatters.map((chatter) => chatter.rest()));
    await auditTalk(servers, chatters, chatters);
    for (const { failed } of chatters) assertEquals(failed, new Set());
    assertEquals(transfers.flatMap(({ failures }) => failures), []);
    for (const { uploads } of transfers) {
      for (const [name, content] of uploads) await this.#hasEverywhere(name, content);
    }
  }

  async #hasEverywhere(path: string, content: Uint8Array): Promise<void> {
    for (const { port } of this.servers) {
      using peer = await Protocol2Peer.connect(port);
      const { bytes } = await peer.get(path);
      assertEquals(await sha256Of(bytes), await sha256Of(content), path);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

Deno.test(
  "several servers: an update of one after the other loses and repeats nothing, and transfers go on",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start(SAME_LOG);
    for (const server of scene.servers) {
      await scene.flows();
      await scene.update(server);
      for (const each of scene.servers) assertEquals(each.hasTold("newer"), false);
    }
    await scene.flows();
    await scene.check();
  },
);

Deno.test(
  "several servers: those that do not know the log of an updated one stop taking part until they are updated, too",
  NEEDS_NATS,
  async () => {
    await using scene = await Scene.start(NEW_LOG);
    const [first, second, third] = scene.servers;
    await scene.flows();
    await scene.update(first!);
    for (const old of [second!, third!]) {
      await until(() => old.hasTold("newer"), `${old.name} to be told of a newer version`);
    }
    await scene.flows(); // All at the first one
    await scene.update(second!);
    await scene.update(third!);
    await scene.flows();
    await scene.check();
  },
);
