/// <reference lib="dom" />
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Mover } from "../../lib/page/transfer/mover.ts";
import type { FromMover, MoverJob, UploadJob } from "../../lib/page/transfer/mover_messages.ts";
import { decodeError } from "../../lib/page/transfer/sent_error.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import type { ServerSetup } from "../../lib/server/config/options.ts";
import { tcpConnector } from "../../lib/stream/tcp.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { HashWorkers } from "../helpers/hash_workers.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { Proxy, type Tap } from "../helpers/proxy.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";

const MIB = 1024 * 1024;

/** A mover, whose connection goes through a proxy, and the client that it moves files for. */
class MoverFixture implements AsyncDisposable {
  readonly messages: FromMover[] = [];
  readonly hashWorkers = new HashWorkers();
  /** Called with each message. */
  onMessage: (message: FromMover) => void = () => {};
  readonly #mover: Mover;
  readonly #ends = new Map<number, (message: FromMover) => void>();
  #lastId = 0;

  private constructor(
    readonly server: TestServer,
    readonly proxy: Proxy,
    readonly client: Protocol2Peer,
  ) {
    const endpoint = { hostname: "127.0.0.1", port: proxy.port };
    this.#mover = new Mover({
      open: () => tcpConnector.connect(endpoint, { timeoutMs: 5_000 }),
      post: (message) => this.#onMessage(message),
      startHashWorker: () => this.hashWorkers.start(),
    });
  }

  static async start(
    files: Record<string, string | Uint8Array> = {},
    taps: readonly Tap[] = [],
    options: ServerSetup = {},
  ): Promise<MoverFixture> {
    const server = await startServer({ uploads: true, ...options }, files);
    const proxy = await Proxy.start(server.port, taps);
    return new MoverFixture(server, proxy, await Protocol2Peer.connect(server.port));
  }

  /** Begins a job. @returns its number */
  begin(job: MoverJob): number {
    const session = { session: this.client.session, origin: "" };
    this.#mover.onMessage({ kind: "run", id: ++this.#lastId, session, job });
    return this.#lastId;
  }

  /** The content of a served file. */
  read(path: string): Uint8Array {
    return Deno.readFileSync(this.server.root.join(path));
  }

  cancel(id: number): void {
    this.#mover.onMessage({ kind: "cancel", id });
  }

  /** Resolves to the last message of a job that was just begun. */
  async ended(id: number): Promise<Exclude<FromMover, { kind: "progress" }>> {
    const { promise, resolve } = Promise.withResolvers<FromMover>();
    this.#ends.set(id, resolve);
    const message = await within(promise, `the end of job ${id}`);
    assert(message.kind !== "progress");
    return message;
  }

  run(job: MoverJob): Promise<Exclude<FromMover, { kind: "progress" }>> {
    return this.ended(this.begin(job));
  }

  #onMessage(message: FromMover): void {
    this.messages.push(message);
    this.onMessage(message);
    if (message.kind === "done" || message.kind === "failed") this.#ends.get(message.id)?.(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mover.close();
    this.client[Symbol.dispose]();
    await this.proxy[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

function upload(bytes: Uint8Array<ArrayBuffer>, options: Partial<UploadJob> = {}): UploadJob {
  const file = new File([bytes], "up.bin", { lastModified: 1_700_000_000_000 });
  return {
    kind: "upload",
    file,
    path: "up.bin",
    identity: "1",
    replace: false,
    room: null,
    ...options,
  };
}

const download = (path: string, size: number): MoverJob => (
  { kind: "download", path, size, target: { kind: "memory" } }
);

for (const size of [0, 1, 64 * 1024, 64 * 1024 + 1, 3 * MIB + 5, 17 * MIB]) {
  Deno.test(`Mover: sends and fetches ${size} bytes, both verified`, async () => {
    await using fixture = await MoverFixture.start();
    const bytes = patternedBytes(size);
    const sent = await fixture.run(upload(bytes, size <= 64 * 1024 ? { identity: null } : {}));
    assert(sent.kind === "done", JSON.stringify(sent));
    assertEquals(sent.result.sha256, sha256Of(bytes));
    assertEquals(sha256Of(fixture.read("up.bin")), sha256Of(bytes));
    const got = await fixture.run(download("up.bin", size));
    assert(got.kind === "done", JSON.stringify(got));
    assertEquals(got.result.sha256, sha256Of(bytes));
    assertEquals(sha256Of(new Uint8Array(await got.result.blob!.arrayBuffer())), sha256Of(bytes));
  });
}

Deno.test("Mover: sends 100 small files at once, in any order", async () => {
  await using fixture = await MoverFixture.start();
  const jobs = Array.from({ length: 100 }, (_, i) => {
    const file = new File([`file ${i}`], `f${i}`);
    return fixture.run(upload(new Uint8Array(0), { file, path: `many/f${i}`, identity: null }));
  });
  for (const { kind } of await Promise.all(jobs)) assertEquals(kind, "done");
  assertEquals(new TextDecoder().decode(fixture.read("many/f77")), "file 77");
});

Deno.test("Mover: goes on with an upload where it was cut off", async () => {
  await using fixture = await MoverFixture.start();
  const bytes = patternedBytes(40 * MIB);
  fixture.onMessage = (message) => {
    if (message.kind === "progress" && message.progress.done > 25 * MIB) {
      fixture.onMessage = () => {};
      fixture.proxy.cutAll("reset");
    }
  };
  const lost = await fixture.run(upload(bytes));
  assert(lost.kind === "failed" && lost.error.kind === "connection", JSON.stringify(lost));
  const again = await fixture.run(upload(bytes));
  assert(again.kind === "done", JSON.stringify(again));
  const resumedAt = fixture.messages.flatMap((message) =>
    message.kind === "progress" && message.id === 2 ? [message.progress.resumedAt] : []
  );
  assert(resumedAt[0]! > 0, String(resumedAt[0]));
  assertEquals(sha256Of(fixture.read("up.bin")), sha256Of(bytes));
});

Deno.test("Mover: takes the same file on the server for done, and another one for one in the way", async () => {
  const bytes = patternedBytes(200_000);
  const other = patternedBytes(200_000, 7);
  await using fixture = await MoverFixture.start({ "up.bin": bytes });
  const same = await fixture.run(upload(bytes));
  assert(same.kind === "done" && same.result.sha256 === sha256Of(bytes), JSON.stringify(same));
  const taken = await fixture.run(upload(other));
  assert(taken.kind === "failed", JSON.stringify(taken));
  assertEquals((decodeError(taken.error) as RequestError).code, "exists");
  const replaced = await fixture.run(upload(other, { replace: true }));
  assertEquals(replaced.kind, "done");
  assertEquals(sha256Of(fixture.read("up.bin")), sha256Of(other));
});

Deno.test("Mover: ends a cancelled upload and serves the next one over the same connection", async () => {
  await using fixture = await MoverFixture.start();
  const id = fixture.begin(upload(patternedBytes(40 * MIB)));
  fixture.onMessage = (message) => message.kind === "progress" && fixture.cancel(id);
  const ended = await fixture.ended(id);
  assert(ended.kind === "failed", JSON.stringify(ended));
  fixture.onMessage = () => {};
  const next = await fixture.run(upload(patternedBytes(100), { path: "next", identity: null }));
  assertEquals(next.kind, "done");
  assertEquals(fixture.proxy.links.length, 1);
});

Deno.test("Mover: says that a file is wrong whose bytes were changed on the way, and gives none of it", async () => {
  const bytes = patternedBytes(9 * MIB);
  const flip: Tap = async (chunk, { direction }, next) => {
    const at = chunk.length > 30_000 && direction === "down" ? 20_000 : -1;
    await next(at < 0 ? chunk : chunk.with(at, chunk[at]! ^ 1));
  };
  await using fixture = await MoverFixture.start({ "a.bin": bytes }, [flip]);
  const ended = await fixture.run(download("a.bin", bytes.length));
  assert(ended.kind === "failed", JSON.stringify(ended));
  assertEquals((decodeError(ended.error) as RequestError).code, "integrity");
});

Deno.test("Mover: a refused request is told as the server told it", async () => {
  await using fixture = await MoverFixture.start({}, [], { uploads: false });
  for (const job of [upload(patternedBytes(9)), download("missing", 3)]) {
    const ended = await fixture.run(job);
    assert(ended.kind === "failed");
    const error = decodeError(ended.error);
    assert(error instanceof RequestError && error.isFromPeer, String(error));
  }
});

Deno.test("Mover: hashes a large upload in a worker, which ends with it", async () => {
  await using fixture = await MoverFixture.start();
  const bytes = patternedBytes(40 * MIB);
  const sent = await fixture.run(upload(bytes));
  assert(sent.kind === "done" && sent.result.sha256 === sha256Of(bytes), JSON.stringify(sent));
  assertEquals(fixture.hashWorkers.started, 1);
  assertEquals(fixture.hashWorkers.hashedBytes, bytes.length);
  assertEquals(fixture.hashWorkers.running, 0);
});

Deno.test("Mover: hashes a large download in a worker, which ends with it", async () => {
  const bytes = patternedBytes(40 * MIB);
  await using fixture = await MoverFixture.start({ "a.bin": bytes });
  const got = await fixture.run(download("a.bin", bytes.length));
  assert(got.kind === "done" && got.result.sha256 === sha256Of(bytes), JSON.stringify(got));
  assertEquals(sha256Of(new Uint8Array(await got.result.blob!.arrayBuffer())), sha256Of(bytes));
  assertEquals(fixture.hashWorkers.started, 1);
  assertEquals(fixture.hashWorkers.hashedBytes, bytes.length);
  assertEquals(fixture.hashWorkers.running, 0);
});

Deno.test("Mover: a download fails when its worker dies, and ends all it has begun", async () => {
  const bytes = patternedBytes(40 * MIB);
  await using fixture = await MoverFixture.start({ "a.bin": bytes });
  fixture.hashWorkers.diesAfter = 2;
  const got = await fixture.run(download("a.bin", bytes.length));
  assert(got.kind === "failed", JSON.stringify(got));
  assertEquals(fixture.hashWorkers.running, 0);
  fixture.hashWorkers.diesAfter = Infinity;
  assertEquals((await fixture.run(download("a.bin", bytes.length))).kind, "done");
});

Deno.test("Mover: hashes itself where no worker can be started", async () => {
  for (const failure of ["throws", "dies"] as const) {
    await using fixture = await MoverFixture.start();
    fixture.hashWorkers.failure = failure;
    const bytes = patternedBytes(40 * MIB);
    const sent = await fixture.run(upload(bytes));
    assert(sent.kind === "done" && sent.result.sha256 === sha256Of(bytes), JSON.stringify(sent));
    assertEquals(fixture.hashWorkers.hashedBytes, 0);
    assertEquals(fixture.hashWorkers.running, 0);
  }
});

Deno.test("Mover: hashes itself when its worker does not begin", async () => {
  const bytes = patternedBytes(40 * MIB);
  await using fixture = await MoverFixture.start({ "a.bin": bytes });
  fixture.hashWorkers.onStart = () => new Promise(() => {});
  for (const job of [download("a.bin", bytes.length), upload(bytes)]) {
    const ended = await fixture.run(job);
    assert(ended.kind === "done", JSON.stringify(ended));
    assertEquals(ended.result.sha256, sha256Of(bytes));
    assertEquals(fixture.hashWorkers.running, 0);
  }
  assertEquals(fixture.hashWorkers.started, 2);
});

Deno.test("Mover: a transfer that is cancelled ends the worker that has not begun to hash", async () => {
  const bytes = patternedBytes(40 * MIB);
  await using fixture = await MoverFixture.start({ "a.bin": bytes });
  for (const job of [download("a.bin", bytes.length), upload(bytes)]) {
    const cancel = () => setTimeout(() => fixture.cancel(id));
    fixture.hashWorkers.onStart = () => new Promise(cancel);
    const id = fixture.begin(job);
    assertEquals((await fixture.ended(id)).kind, "failed");
    assertEquals(fixture.hashWorkers.running, 0);
  }
});

Deno.test("Mover: an upload fails when its worker dies, and stores nothing", async () => {
  await using fixture = await MoverFixture.start();
  fixture.hashWorkers.diesAfter = 2;
  const sent = await fixture.run(upload(patternedBytes(40 * MIB)));
  assert(sent.kind === "failed", JSON.stringify(sent));
  assertThrows(() => fixture.read("up.bin"), Deno.errors.NotFound);
  fixture.hashWorkers.diesAfter = Infinity;
  assertEquals((await fixture.run(upload(patternedBytes(40 * MIB)))).kind, "done");
});

Deno.test("Mover: hashes a file without a server", async () => {
  await using fixture = await MoverFixture.start();
  const bytes = patternedBytes(9 * MIB);
  const ended = await fixture.run({ kind: "hash", file: new File([bytes], "x") });
  assert(ended.kind === "done");
  assertEquals(ended.result.sha256, sha256Of(bytes));
});

Deno.test("Mover: tells the page no more of its progress than can be seen", async () => {
  await using fixture = await MoverFixture.start();
  const startedMs = performance.now();
  const ended = await fixture.run(upload(patternedBytes(40 * MIB)));
  assertEquals(ended.kind, "done");
  const count = fixture.messages.filter(({ kind }) => kind === "progress").length;
  const most = 3 + (performance.now() - startedMs) / 100;
  assert(count >= 2 && count <= most, `${count} of at most ${most}`);
});
