import { assert, assertEquals, assertRejects } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { protocol2Layout } from "../../lib/protocol/data_frames.ts";
import { sendData } from "../../lib/transfer/send_data.ts";
import type { ArrivingContent, WantedContent } from "../../lib/transfer/contents.ts";
import { FrameWriter } from "../../lib/stream/frames/frame_writer.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { Collector, NEVER } from "../helpers/sending.ts";
import {
  contentOf,
  ContentServer,
  ScriptedSources,
  TestContents,
} from "../helpers/content_servers.ts";
import { Proxy } from "../helpers/proxy.ts";
import { atByte, flipped } from "../helpers/proxy_taps.ts";
import { until } from "../helpers/serves_on.ts";
import { mountSmall, resizeSmall } from "../helpers/small_disk.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const SMALL = patternedBytes(60_000);
const LARGE = patternedBytes(12_000_000, 7);

/** A server that asks others, which have files. Disposal stops all. */
class Scene implements AsyncDisposable {
  readonly here: ContentServer;
  readonly others: readonly ContentServer[];
  readonly sources: ScriptedSources;
  readonly contents: TestContents;
  readonly #stack = new AsyncDisposableStack();

  private constructor(here: ContentServer, others: readonly ContentServer[]) {
    this.here = here;
    this.others = others;
    this.sources = new ScriptedSources(others);
    this.contents = new TestContents(here, this.sources);
    for (const server of [here, ...others]) this.#stack.use(server);
    this.#stack.use(this.contents);
  }

  /** @param files of each of the other servers */
  static async start(...files: Record<string, Uint8Array>[]): Promise<Scene> {
    return await Scene.startWith({}, ...files);
  }

  /** @param options of the server that asks */
  static async startWith(
    options: Parameters<typeof ContentServer.start>[2],
    ...files: Record<string, Uint8Array>[]
  ): Promise<Scene> {
    const others = [];
    for (const [i, each] of files.entries()) others.push(await ContentServer.start(`o${i}`, each));
    return new Scene(await ContentServer.start("here", {}, options), others);
  }

  /** Puts a proxy before one of the others. */
  async proxy(at: number, ...taps: Parameters<typeof Proxy.start>[1] & unknown[]): Promise<Proxy> {
    const { id, server: { port } } = this.others[at]!;
    const proxy = this.#stack.use(await Proxy.start(port, taps));
    this.sources.ports.set(id, proxy.port);
    return proxy;
  }

  open(bytes: Uint8Array, signal = NEVER): Promise<ArrivingContent> {
    return this.contents.open(contentOf(bytes), signal);
  }

  /** The bytes that a client would be sent. */
  read(content: ArrivingContent, wanted: WantedContent, sink = new Collector()) {
    const writer = new FrameWriter(sink, { onOverflow: () => {}, onError: () => {} });
    const plan = {
      layout: protocol2Layout(wanted.sizeBytes, 1_000_000),
      offset: 0,
      hashed: false,
      zstd: false,
    };
    const { pool } = this.here.core.services;
    const until = (position: number) => content.until(position, NEVER);
    const options = { writer, signal: NEVER, until };
    return pool.use((worker) => sendData(worker, content.file, plan, options));
  }

  async fetch(bytes: Uint8Array): Promise<string> {
    using content = await this.open(bytes);
    const sink = new Collector();
    await within(this.read(content, contentOf(bytes), sink), "the content");
    return sha256Of(new Uint8Array(await sink.data().then((hex) => Uint8Array.fromHex(hex))));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

async function refusal(work: Promise<unknown>): Promise<readonly unknown[]> {
  const { code, reason } = await assertRejects(() => within(work, "a refusal"), RequestError);
  return [code, reason];
}

Deno.test("ContentFetch: gets a small content by a request, and a large one by a connection", async () => {
  await using scene = await Scene.start({ "a/small.bin": SMALL, "large.bin": LARGE });
  for (const bytes of [SMALL, LARGE]) {
    assertEquals(await scene.fetch(bytes), sha256Of(bytes));
    assert(scene.here.folder.has(contentOf(bytes)));
  }
  assertEquals(scene.contents.fetched.bytes, SMALL.length + LARGE.length);
  assertEquals(scene.contents.fetching, 0);
  assertEquals(await scene.fetch(LARGE), sha256Of(LARGE)); // From here
  assertEquals(scene.contents.fetched.bytes, SMALL.length + LARGE.length);
});

Deno.test("ContentFetch: gets a content once for all that ask for it at the same time", async () => {
  await using scene = await Scene.start({ "large.bin": LARGE });
  const fetched = await Promise.all([1, 2, 3, 4, 5].map(() => scene.fetch(LARGE)));
  assertEquals(new Set(fetched), new Set([sha256Of(LARGE)]));
  assertEquals(scene.contents.fetched.bytes, LARGE.length);
  assertEquals(scene.sources.asked, ["o0"]);
});

Deno.test("ContentFetch: hands on what has come before the rest has, but for the last byte", async () => {
  await using scene = await Scene.start({ "large.bin": LARGE });
  const held = Promise.withResolvers<void>();
  await scene.proxy(0, async (chunk, { direction }, next) => {
    const passed = direction === "down" ? sent += chunk.length : 0;
    if (passed > LARGE.length) await held.promise; // The last bytes, and FEND
    await next(chunk);
  });
  let sent = 0;
  using content = await scene.open(LARGE);
  await within(content.until(8_000_000, NEVER), "the first bytes");
  let isWhole = false;
  const whole = content.until(LARGE.length, NEVER).then(() => isWhole = true);
  await content.until(8_000_000, NEVER);
  assert(!isWhole);
  held.resolve();
  await within(whole, "the whole");
});

Deno.test("ContentFetch: goes on at another server at the same offset when one is lost", async () => {
  await using scene = await Scene.start({ "a.bin": LARGE }, { "b.bin": LARGE });
  const proxy = await scene.proxy(
    0,
    atByte({ direction: "down", atByte: 5_000_000 }, ({ link }) => link.cut("reset")),
  );
  assertEquals(await scene.fetch(LARGE), sha256Of(LARGE));
  assertEquals(scene.sources.asked, ["o0", "o1"]);
  assertEquals(scene.contents.fetched.bytes, LARGE.length);
  assert(proxy.port > 0);
});

Deno.test("ContentFetch: asks the only server again that was lost, as long as it gives more", async () => {
  await using scene = await Scene.start({ "a.bin": LARGE });
  await scene.proxy(0, async (chunk, { direction, link }, next) => {
    await next(chunk);
    if (direction === "down" && (sent += chunk.length) > 4_000_000) {
      sent = 0;
      link.cut("reset");
    }
  });
  let sent = 0;
  assertEquals(await scene.fetch(LARGE), sha256Of(LARGE));
  assert(scene.sources.asked.length >= 3);
  assertEquals(scene.contents.fetched.bytes, LARGE.length);
});

Deno.test("ContentFetch: drops wrong bytes, tells what has read them, and asks another server", async () => {
  await using scene = await Scene.start({ "a.bin": LARGE }, { "b.bin": LARGE });
  let flips = 0;
  await scene.proxy(0, flipped({ direction: "down", atByte: 6_000_000 }, 3, () => flips++));
  using early = await scene.open(LARGE);
  using late = await scene.open(LARGE);
  await within(early.until(1_000_000, NEVER), "the first bytes");
  assertEquals(await refusal(early.until(LARGE.length, NEVER)), ["changed", null]);
  assertEquals(flips, 1);
  const sink = new Collector();
  await within(scene.read(late, contentOf(LARGE), sink), "the content");
  assert(await sink.data() === LARGE.toHex());
  assertEquals(scene.contents.wrong, ["o0"]);
  assertEquals(scene.sources.asked, ["o0", "o1"]);
});

Deno.test("ContentFetch: fails with no-copy where no server has the content, is there, or gives it right", async () => {
  await using scene = await Scene.start({ "a.bin": LARGE });
  assertEquals(await refusal(scene.fetch(patternedBytes(5, 99))), ["busy", "no-copy"]);
  await scene.proxy(0, flipped({ direction: "down", atByte: 6_000_000 }, 3, () => {}));
  using content = await scene.open(LARGE);
  assertEquals(await refusal(content.until(LARGE.length, NEVER)), ["busy", "no-copy"]);
  assert(!scene.here.folder.has(contentOf(LARGE)));
  const proxy = await scene.proxy(0);
  proxy.refuse();
  assertEquals(await refusal(scene.fetch(LARGE)), ["busy", "no-copy"]);
});

Deno.test("ContentFetch: ends when nothing waits for it, and the next one goes on", async () => {
  await using scene = await Scene.start({ "a.bin": LARGE });
  const proxy = await scene.proxy(0, async (chunk, { direction }, next) => {
    if (direction === "down" && (sent += chunk.length) > 5_000_000) await held.promise;
    await next(chunk);
  });
  let sent = 0;
  const held = Promise.withResolvers<void>();
  {
    using content = await scene.open(LARGE);
    await within(content.until(3_000_000, NEVER), "the first bytes");
  }
  await until(() => scene.contents.fetching === 0, "the end of the fetch");
  held.resolve();
  proxy.cutAll("reset");
  const before = scene.contents.fetched.bytes;
  assert(before >= 3_000_000 && before < LARGE.length, String(before));
  assertEquals(await scene.fetch(LARGE), sha256Of(LARGE));
  assertEquals(scene.contents.fetched.bytes, LARGE.length);
});

Deno.test("ContentFetch: a reader that leaves does not end it for another one", async () => {
  await using scene = await Scene.start({ "a.bin": LARGE });
  using kept = await scene.open(LARGE);
  const left = new AbortController();
  {
    using content = await scene.open(LARGE, left.signal);
    await content.until(1, left.signal);
    left.abort(new RequestError("cancelled"));
    assertEquals(await refusal(content.until(LARGE.length, left.signal)), ["cancelled", null]);
  }
  await within(kept.until(LARGE.length, NEVER), "the whole");
});

Deno.test("ClusterContents: ends its fetches when it is closed", async () => {
  await using scene = await Scene.start({ "a.bin": LARGE });
  await scene.proxy(0, async (_chunk, { direction }, next) => {
    await (direction === "down" ? new Promise(() => {}) : next(_chunk));
  });
  using content = await scene.open(LARGE);
  const waits = refusal(content.until(1, NEVER));
  await scene.contents[Symbol.asyncDispose]();
  assertEquals(await waits, ["shutting-down", null]);
  assertEquals(await refusal(scene.open(LARGE)), ["shutting-down", null]);
});

Deno.test("ContentFetch: a full disk loses kept contents first, and what has come is kept", async () => {
  using temp = new TempDir();
  const path = temp.join("small");
  Deno.mkdirSync(path);
  using disk = mountSmall(path);
  if (disk === null) return; // Not the root of this machine
  resizeSmall(path, "16m");
  const root = new TempDir(path);
  const former = patternedBytes(9_000_000, 3);
  await using scene = await Scene.startWith({ root }, { "a.bin": LARGE, "b.bin": former });
  assertEquals(await scene.fetch(former), sha256Of(former));
  assertEquals(await scene.fetch(LARGE), sha256Of(LARGE));
  assertEquals(scene.here.folder.has(contentOf(former)), false);
  const again = scene.contents.fetched.bytes - former.length - LARGE.length;
  assert(again < 6_000_000, `${again} bytes came twice`); // Those on their way
  const huge = patternedBytes(20_000_000, 4);
  await using giver = await ContentServer.start("huge", { "huge.bin": huge });
  await using contents = new TestContents(scene.here, new ScriptedSources([giver]));
  using content = await contents.open(contentOf(huge), NEVER);
  const failed = await assertRejects(() => content.until(huge.length, NEVER), DiskError);
  assertEquals(failed.code, "no-space");
});
