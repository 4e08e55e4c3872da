import { assert, assertEquals } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { freePort } from "../helpers/free_port.ts";
import { parseMetrics } from "../helpers/metrics.ts";
import { ServerProgram } from "../helpers/program.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { through } from "../helpers/through.ts";
import { writeZeros } from "../helpers/zero_file.ts";

/** Exceeds all buffers between the disk and a peer that does not read. */
const BIG_BYTES = 64 * 1024 * 1024;

const CONTENT = patternedBytes(300_000);

type Values = Record<string, number>;

/** A server program with metrics. Disposal ends it. */
class Fixture implements AsyncDisposable {
  readonly root = new TempDir();
  readonly #data = new TempDir();
  readonly #metricsPort = freePort();
  #server: ServerProgram | null = null;
  #counters: Values = {};

  /** Starts the program, and waits until a first client has been served. */
  async start(): Promise<void> {
    const folders = { root: this.root.path, data: this.#data.path };
    const metrics = ["--metrics", `${this.#metricsPort}`];
    this.#server = await ServerProgram.start(folders, ["--allow-upload", "--json", ...metrics]);
    using client = await Protocol2Peer.connect(this.port);
    await client.quit();
    await this.logged("disconnected", 1);
  }

  get port(): number {
    return this.#server!.port;
  }

  /** Resolves once the log has `count` lines of an event. */
  async logged(event: string, count: number): Promise<void> {
    const { stdout } = this.#server!;
    const has = () => stdout.lines.filter((line) => JSON.parse(line).event === event).length;
    await stdout.waitUntil(() => has() >= count, `${count} times the event ${event}`);
  }

  /** Requests the metrics, and checks that no counter has decreased. */
  async scrape(): Promise<Values> {
    const url = `http://127.0.0.1:${this.#metricsPort}/metrics`;
    const response = await within(fetch(url), "the metrics");
    assertEquals(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    const values: Values = {};
    const counters: Values = {};
    for (const [name, metric] of Object.entries(parseMetrics(await response.text()))) {
      for (const [labels, value] of Object.entries(metric.values)) {
        const key = `${name.replace(/^tcp_chat_/, "")}${labels}`;
        values[key] = value;
        if (metric.type === "counter") counters[key] = value;
      }
    }
    for (const [key, before] of Object.entries(this.#counters)) {
      assert(counters[key]! >= before, `${key} has decreased from ${before} to ${counters[key]}`);
    }
    this.#counters = counters;
    return values;
  }

  /** The differences of the values that only clients change. */
  async changes(before: Values): Promise<Values> {
    const own = /^(start_time|memory|loop_lag|workers|queued|indexing)/;
    const changed = Object.entries(await this.scrape())
      .map(([key, value]): [string, number] => [key, value - (before[key] ?? 0)])
      .filter(([key, difference]) => difference !== 0 && !own.test(key));
    return Object.fromEntries(changed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.root[Symbol.dispose]();
    this.#data[Symbol.dispose]();
  }
}

Deno.test("server --metrics: shows clients, rooms and messages as they change", async () => {
  await using fixture = new Fixture();
  await fixture.start();
  const idle = await fixture.scrape();
  for (const [key, value] of Object.entries(idle)) {
    if (key === "start_time_seconds") assert(Math.abs(value - Date.now() / 1000) < 600);
    else if (key === "memory_bytes") assert(value > 1e6);
    else if (key === "connections_total") assertEquals(value, 1);
    else if (key === "indexing") assert(value === 0 || value === 1); // The pass may go on
    else if (!key.startsWith("loop_lag")) assertEquals(value, 0, key);
  }

  const ana = await Protocol2Peer.connect(fixture.port);
  await ana.request("JOIN", { room: "a" });
  const data = await ana.attach(fixture.port);
  assertEquals(await fixture.changes(idle), {
    clients: 1,
    data_connections: 1,
    rooms: 2,
    connections_total: 2,
  });
  using original = await RawPeer.connect(fixture.port);
  await original.sendFrame("CHAT", "by protocol 1");
  await ana.request("SEND", { room: "a", text: "by protocol 2" });
  await ana.request("SEND", { to: "guest-2", text: "private" });
  await ana.refusal("NONE");
  await fixture.logged("chat", 2);
  const changes = {
    clients: 2,
    data_connections: 1,
    rooms: 2,
    connections_total: 3,
    messages_total: 2,
    'refusals_total{code="unsupported"}': 1,
  };
  assertEquals(await fixture.changes(idle), changes);

  await ana.request("PART", { room: "a" });
  assertEquals(await fixture.changes(idle), { ...changes, rooms: 1 });
  for (const peer of [data, ana]) await peer.quit();
  original.close();
  await fixture.logged("disconnected", 4);
  const { clients: _, data_connections: __, rooms: ___, ...counters } = changes;
  assertEquals(await fixture.changes(idle), counters);
});

Deno.test("server --metrics: shows transfers while they last, and counts whole files", async () => {
  await using fixture = new Fixture();
  for (let i = 0; i < 20; i++) fixture.root.write(`${i}.txt`, `file ${i % 10}`);
  writeZeros(fixture.root.join("big.bin"), BIG_BYTES);
  await fixture.start();
  const idle = await fixture.scrape();

  using reader = await Protocol2Peer.connect(fixture.port);
  const big = await reader.ask("FGET", { path: "big.bin" });
  await reader.expect("FMET"); // And reads no data
  using sender = await Protocol2Peer.connect(fixture.port);
  const upload = await sender.ask("FPUT", { path: "new.bin", size: CONTENT.length });
  await sender.expect("REDY");
  const busy = await fixture.changes(idle);
  assertEquals(busy, { clients: 2, rooms: 1, connections_total: 2, transfers: 2 });

  await sender.sendContent(upload, CONTENT);
  await sender.done(upload);
  const ids = await Promise.all(
    through(0, 19).map((i) => sender.ask("FGET", { path: `${i}.txt` })),
  );
  for (const id of ids) assertEquals((await sender.receiveFile(id)).bytes.length, 6);
  await sender.refusal("FGET", { path: "missing" });
  await fixture.logged("download", 20);
  const transferred = {
    ...busy,
    transfers: 1,
    'files_total{direction="download"}': 20,
    'file_bytes_total{direction="download"}': 20 * 6,
    'files_total{direction="upload"}': 1,
    'file_bytes_total{direction="upload"}': CONTENT.length,
    'refusals_total{code="not-found"}': 1,
  };
  assertEquals(await fixture.changes(idle), transferred);

  await reader.send("FCAN", { id: big });
  while ((await reader.read())?.type !== "FAIL");
  const { transfers: _, ...counted } = transferred;
  assertEquals(await fixture.changes(idle), {
    ...counted,
    'refusals_total{code="cancelled"}': 1,
  });
});
