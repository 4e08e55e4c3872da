import { assert, assertEquals } from "@std/assert";
import { openDatabase } from "../../lib/files/database.ts";
import { serve } from "../../lib/server/serve.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { until } from "../helpers/serves_on.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { ThreadWatch } from "../helpers/workers.ts";
import { writeZeros } from "../helpers/zero_file.ts";

/** A root and a data folder, with access to the hash index. */
class Fixture implements AsyncDisposable {
  readonly root = new TempDir();
  readonly data = new TempDir();
  #stop: () => Promise<void> = () => Promise.resolve();

  /** Starts the server; disposal stops it. */
  async serve(options: { maxWorkers?: number } = {}) {
    const server = await serve({
      hostname: "127.0.0.1",
      port: 0,
      root: this.root.path,
      dataDirectory: this.data.path,
      ...options,
    });
    this.#stop = () => server.stop();
    return server;
  }

  /** The hash in the index, or `null`. */
  hashOf(path: string): string | null {
    using database = openDatabase(this.data.join("tcp-chat.db"));
    const query = database.prepare("SELECT sha256 FROM hashes WHERE path = ?");
    return query.get(this.root.join(path))?.sha256 as string ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    this.root[Symbol.dispose]();
    this.data[Symbol.dispose]();
  }
}

Deno.test("server: hashes large files in the background after the start", async () => {
  using _later = new ShiftedClock();
  await using fixture = new Fixture();
  const content = patternedBytes(1024 * 1024);
  fixture.root.write("deep/down/large.bin", content);
  fixture.root.write("small.bin", content.subarray(1));
  const server = await fixture.serve();
  await until(() => fixture.hashOf("deep/down/large.bin") !== null, "the large file's hash");
  assertEquals(fixture.hashOf("deep/down/large.bin"), sha256Of(content));
  await until(() => server.gauges(0).workersBusy === 0, "the worker to become idle");
  assertEquals(fixture.hashOf("small.bin"), null);
});

Deno.test("server: sends a file that is being hashed in the background", async () => {
  using _later = new ShiftedClock();
  await using fixture = new Fixture();
  const size = 256 * 1024 * 1024;
  writeZeros(fixture.root.join("zeros.bin"), size);
  const server = await fixture.serve();
  await until(() => server.gauges(0).workersBusy === 1, "indexing to begin");
  using peer = await RawPeer.connect(server.port);
  await peer.sendFrame("FILE", "zeros.bin");
  const hash = (await peer.expect("FHSH")).payload.toHex();
  assertEquals(hash, fixture.hashOf("zeros.bin"));
  assert(hash === ZEROS_256_MIB);
});

/** SHA-256 of 256 MiB of zeros, by `head -c 268435456 /dev/zero | sha256sum`. */
const ZEROS_256_MIB = "a6d72ac7690f53be6ae46ba88506bd97302a093f7108472bd9efc3cefda06484";

Deno.test("server: interrupts hashing in the background for a client that needs the only worker", async () => {
  using _later = new ShiftedClock();
  await using fixture = new Fixture();
  writeZeros(fixture.root.join("zeros.bin"), 16 * 1024 ** 3);
  fixture.root.write("small.txt", "small");
  const server = await fixture.serve({ maxWorkers: 1 });
  await until(() => server.gauges(0).workersBusy === 1, "indexing to begin");
  using peer = await RawPeer.connect(server.port);
  for (let i = 0; i < 5; i++) {
    await peer.sendFrame("FILE", "small.txt");
    await peer.expect("FDAT");
  }
  assertEquals(fixture.hashOf("zeros.bin"), null);
});

Deno.test("server: continues hashing in the background after an interruption", async () => {
  using _later = new ShiftedClock();
  await using fixture = new Fixture();
  writeZeros(fixture.root.join("zeros.bin"), 512 * 1024 ** 2);
  fixture.root.write("small.txt", "small");
  const server = await fixture.serve({ maxWorkers: 1 });
  await until(() => server.gauges(0).workersBusy === 1, "indexing to begin");
  using peer = await RawPeer.connect(server.port);
  await peer.sendFrame("FILE", "small.txt");
  await peer.expect("FDAT");
  await until(() => fixture.hashOf("zeros.bin") !== null, "the large file's hash");
});

Deno.test("Server.stop: does not wait for hashing in the background", async () => {
  await using fixture = new Fixture();
  writeZeros(fixture.root.join("zeros.bin"), 64 * 1024 ** 3);
  const server = await fixture.serve();
  await until(() => server.gauges(0).workersBusy === 1, "indexing to begin");
  await within(server.stop(), "the server to stop");
  assertEquals(fixture.hashOf("zeros.bin"), null);
});

Deno.test("server: starts no thread for an empty folder before the first second is over", async () => {
  using threads = new ThreadWatch();
  await using fixture = new Fixture();
  const server = await fixture.serve();
  await until(() => !server.gauges(0).isIndexing, "the look at the folder");
  assertEquals(threads.count, 0);
  await until(() => threads.count === 1, "the thread for the first request");
});
