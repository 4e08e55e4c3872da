/** Real servers that hold a file, killed while another one fetches it for a client. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { rankServers } from "../../lib/cluster/content_rank.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { startClusterServer } from "../helpers/cluster_servers.ts";
import { within } from "../helpers/deadline.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { ServerProgram } from "../helpers/program.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import type { TestServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** A second and a half of what a holder sends. */
const SIZE = 6_000_000;
const NAME = "a.bin";

/** Programs that hold a file, and a server that is never to have it. */
class Scene implements AsyncDisposable {
  readonly temp = new TempDir();
  readonly holders: ServerProgram[] = [];
  readonly #data = new TempDir();
  near!: TestServer;
  bytes!: Uint8Array<ArrayBuffer>;

  private constructor(readonly nats: NatsCluster) {}

  static async start(nats: NatsCluster, copies: number): Promise<Scene> {
    const scene = new Scene(nats);
    try {
      for (let at = 0; at < copies; at++) await scene.startHolder(at, copies);
      const options = { copies, name: "default", data: scene.#data };
      scene.near = await startClusterServer(nats.urls, options);
      await scene.#store(copies);
      return scene;
    } catch (error) {
      await scene[Symbol.asyncDispose]();
      throw error;
    }
  }

  folder(at: number): string {
    return this.temp.join(`root${at}`);
  }

  async startHolder(at: number, copies: number): Promise<void> {
    Deno.mkdirSync(this.folder(at), { recursive: true });
    const folders = { root: this.folder(at), data: this.temp.join(`data${at}`) };
    this.holders[at] = await ServerProgram.start(folders, [
      ...["--cluster", this.nats.urls.join(","), "--cluster-name", "default"],
      ...["--advertise", "127.0.0.1", "--no-console", "-u"],
      ...["--copies", `${copies}`, "--bwlimit", "4M"],
    ]);
  }

  /** Uploads bytes whose copies are at the programs, and waits for those. */
  async #store(copies: number): Promise<void> {
    await until(() => this.near.server.cluster?.peers.length === copies, "the holders");
    const { server: own, peers } = this.near.server.cluster!;
    const ids = [own, ...peers.map(({ server }) => server)];
    let seed = 0;
    do this.bytes = patternedBytes(SIZE, ++seed); while (
      rankServers(sha256Of(this.bytes), ids).indexOf(own) !== copies
    );
    using peer = await Protocol2Peer.connect(this.holders[0]!.port);
    await within(peer.put(NAME, this.bytes), "the upload");
    for (let at = 0; at < copies; at++) {
      const names = () => [...Deno.readDirSync(this.folder(at))].map(({ name }) => name);
      await until(() => names().includes(NAME), `the copy of ${at}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.near?.[Symbol.asyncDispose]();
    for (const holder of this.holders) await holder[Symbol.asyncDispose]();
    this.#data[Symbol.dispose]();
    this.temp[Symbol.dispose]();
  }
}

/** Downloads through a server, and calls `atMiddle` once a third has come. */
async function download({ near, temp }: Scene, atMiddle: () => void = () => {}) {
  await using client = await connect({ hostname: "127.0.0.1", port: near.port });
  let isBefore = true;
  const onProgress = (bytes: number) => {
    if (!isBefore || bytes < SIZE / 3) return;
    isBefore = false;
    atMiddle();
  };
  const directory = temp.join("got");
  return await within(client.download(NAME, { directory, onProgress }), "the download");
}

Deno.test(
  "several servers: a download goes on from another holder when one is killed in the middle",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using scene = await Scene.start(nats, 2);
    const [first, second] = scene.holders;
    // The one with fewer clients is asked first
    using _client = await Protocol2Peer.connect(second!.port);
    const clientsOf = (port: number) =>
      scene.near.server.cluster!.peers.find((peer) => peer.port === port)?.clients;
    const isTold = () => clientsOf(first!.port) === 0 && clientsOf(second!.port) === 1;
    await until(isTold, "a heartbeat with the client");
    let isKilled = false;
    const { file, sha256 } = await download(scene, () => {
      isKilled = true;
      first!.kill("SIGKILL");
    });
    assert(isKilled);
    const expected = sha256Of(scene.bytes);
    assertEquals([sha256, sha256Of(Deno.readFileSync(file))], [expected, expected]);
    assertEquals(scene.near.server.cluster!.fetchedBytes, SIZE); // Nothing twice
  },
);

Deno.test(
  "several servers: a download fails with no-copy when the only holder is killed, and goes on once it is back",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using scene = await Scene.start(nats, 1);
    const [holder] = scene.holders;
    let killedMs = 0;
    const error = await assertRejects(() =>
      download(scene, () => {
        killedMs = performance.now();
        holder!.kill("SIGKILL");
      }), RequestError);
    assertEquals([error.code, error.reason], ["busy", "no-copy"]);
    const toldMs = performance.now() - killedMs;
    assert(toldMs < 8_000, `${toldMs} ms`);
    await holder![Symbol.asyncDispose]();
    await scene.startHolder(0, 1);
    await until(
      () => scene.near.server.cluster!.peers.some(({ port }) => port === scene.holders[0]!.port),
      "the holder",
    );
    const before = scene.near.server.cluster!.fetchedBytes;
    const { file, sha256 } = await download(scene);
    const expected = sha256Of(scene.bytes);
    assertEquals([sha256, sha256Of(Deno.readFileSync(file))], [expected, expected]);
    assert(before > 0);
    assertEquals(scene.near.server.cluster!.fetchedBytes, SIZE); // It went on
  },
);
