import { assert, assertEquals } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { webPage } from "../../lib/web/web_page.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import {
  contentOf,
  ContentServer,
  listElsewhere,
  ScriptedSources,
  TestContents,
} from "../helpers/content_servers.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { Proxy } from "../helpers/proxy.ts";
import { atByte } from "../helpers/proxy_taps.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { request } from "../helpers/web.ts";

const PATH = "a/far.bin";
const LARGE = patternedBytes(9_000_000, 5);

/** A server whose clients see a file that two others have. */
class Scene implements AsyncDisposable {
  private constructor(
    readonly near: ContentServer,
    readonly far: readonly ContentServer[],
    readonly sources: ScriptedSources,
    readonly contents: TestContents,
  ) {}

  static async start(bytes: Uint8Array = LARGE): Promise<Scene> {
    const far = [];
    for (const id of ["a", "b"]) far.push(await ContentServer.start(id, { "x.bin": bytes }));
    const near = await ContentServer.start("near", {}, { web: webPage() });
    const sources = new ScriptedSources(far);
    const contents = new TestContents(near, sources);
    near.core.services.contents = contents;
    listElsewhere(near, PATH, contentOf(bytes));
    return new Scene(near, far, sources, contents);
  }

  peer(): Promise<Protocol2Peer> {
    return Protocol2Peer.connect(this.near.server.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.near[Symbol.asyncDispose]();
    await this.contents[Symbol.asyncDispose]();
    for (const server of this.far) await server[Symbol.asyncDispose]();
  }
}

Deno.test("FGET: sends a file whose bytes are on another server, whole and from an offset", async () => {
  for (const bytes of [LARGE, patternedBytes(1_000), patternedBytes(1), new Uint8Array()]) {
    await using scene = await Scene.start(bytes);
    using peer = await scene.peer();
    const whole = await peer.get(PATH);
    assertEquals([sha256Of(whole.bytes), whole.end.sha256], [sha256Of(bytes), sha256Of(bytes)]);
    assertEquals([whole.head.version, whole.head.size], ["c7", bytes.length]);
    const half = Math.floor(bytes.length / 2);
    const rest = await peer.get(PATH, { offset: half, version: "c7" });
    assertEquals(sha256Of(rest.bytes), sha256Of(bytes.subarray(half)));
    const piece = await peer.get(PATH, { offset: half, version: "c7", length: 10 });
    assertEquals(sha256Of(piece.bytes), sha256Of(bytes.subarray(half, half + 10)));
    assertEquals(scene.contents.fetched.bytes, bytes.length);
  }
});

Deno.test("FGET: a download goes on while the server that gives the bytes is lost", async () => {
  await using scene = await Scene.start();
  await using proxy = await Proxy.start(scene.far[0]!.server.port, [
    atByte({ direction: "down", atByte: 4_000_000 }, ({ link }) => link.cut("reset")),
  ]);
  scene.sources.ports.set("a", proxy.port);
  using temp = new TempDir();
  await using client = await connect({ hostname: "127.0.0.1", port: scene.near.server.port });
  const { file, sha256 } = await client.download(PATH, { directory: temp.path });
  assertEquals([sha256, sha256Of(Deno.readFileSync(file))], [sha256Of(LARGE), sha256Of(LARGE)]);
  assertEquals(scene.sources.asked, ["a", "b"]);
});

Deno.test("FGET: fails with no-copy where no server has the bytes, and the connection lives on", async () => {
  await using scene = await Scene.start();
  for (const server of scene.far) Deno.removeSync(server.root.join("x.bin"));
  using peer = await scene.peer();
  const id = await peer.ask("FGET", { path: PATH });
  const { id: failed, code, reason } = await peer.expect("FAIL");
  assertEquals([failed, code, reason], [id, "busy", "no-copy"]);
  await peer.assertLives();
});

Deno.test("FGET: more clients than jobs wait for one file without a standstill", async () => {
  await using scene = await Scene.start();
  const peers = await Promise.all(Array.from({ length: 40 }, () => scene.peer()));
  const sums = await Promise.all(peers.map(async (peer) => {
    const { bytes } = await peer.get(PATH);
    peer[Symbol.dispose]();
    return sha256Of(bytes);
  }));
  assertEquals(new Set(sums), new Set([sha256Of(LARGE)]));
  assertEquals(scene.contents.fetched.bytes, LARGE.length);
});

Deno.test("FILE: sends a file whose bytes are on another server to a client of protocol 1", async () => {
  await using scene = await Scene.start();
  using temp = new TempDir();
  const options = { hostname: "127.0.0.1", port: scene.near.server.port, protocol: 1 } as const;
  await using client = await connect(options);
  const { file } = await client.download(PATH, { directory: temp.path });
  assert(sha256Of(Deno.readFileSync(file)) === sha256Of(LARGE));
});

Deno.test("GET: a range of a file on another server comes from there, without what is before it", async () => {
  await using scene = await Scene.start();
  const { port } = scene.near.server;
  const range = async (text: string) => {
    const { status, headers, body } = await request(port, `GET /files/${PATH}`, { Range: text });
    assertEquals(status, 206);
    return [headers.get("content-range"), sha256Of(body)];
  };
  const size = LARGE.length;
  const [from, to] = [5_000_000, 7_000_001];
  assertEquals(await range(`bytes=${from}-${to - 1}`), [
    `bytes ${from}-${to - 1}/${size}`,
    sha256Of(LARGE.subarray(from, to)),
  ]);
  assertEquals(await range("bytes=-10"), [
    `bytes ${size - 10}-${size - 1}/${size}`,
    sha256Of(LARGE.subarray(-10)),
  ]);
  assertEquals(scene.contents.fetched.bytes, to - from + 10);
  // Once it is here, it is read here
  using peer = await scene.peer();
  await peer.get(PATH);
  assertEquals((await range("bytes=1-"))[1], sha256Of(LARGE.subarray(1)));
  assertEquals(scene.contents.fetched.bytes, to - from + 10 + size);
});

Deno.test("GET: a range goes on while the server that gives it is lost, and fails where none has it", async () => {
  await using scene = await Scene.start();
  await using proxy = await Proxy.start(scene.far[0]!.server.port, [
    atByte({ direction: "down", atByte: 3_000_000 }, ({ link }) => link.cut("reset")),
  ]);
  scene.sources.ports.set("a", proxy.port);
  const ask = () =>
    request(scene.near.server.port, `GET /files/${PATH}`, { Range: "bytes=1000000-" });
  const { body } = await ask();
  assertEquals(sha256Of(body), sha256Of(LARGE.subarray(1_000_000)));
  assertEquals(scene.sources.asked, ["a", "b"]);
  for (const server of scene.far) Deno.removeSync(server.root.join("x.bin"));
  assertEquals((await ask()).status, 503);
});
