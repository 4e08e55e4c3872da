import { assertEquals, assertNotEquals } from "@std/assert";
import { openDatabase } from "../../lib/files/database.ts";
import { type Server } from "../../lib/server/server.ts";
import { serve } from "../../lib/server/serve.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** No file has it: whoever announces it has not read the file, but remembered. */
const MARK = "5".repeat(64);

/** A folder to serve and one for the state, for one server after the other. */
class BenchFixture implements Disposable {
  readonly root = new TempDir();
  readonly data = new TempDir();

  /** Starts a server, has it do something, and stops it. */
  async serve<T>(act: (server: Server) => Promise<T>): Promise<T> {
    const server = await serve({
      hostname: "127.0.0.1",
      port: 0,
      root: this.root.path,
      dataDirectory: this.data.path,
    });
    try {
      return await act(server);
    } finally {
      await server.stop();
    }
  }

  /** The hash that a newly started server announces for a file. */
  announced(path: string): Promise<string> {
    return this.serve(async (server) => {
      using peer = await RawPeer.connect(server.port);
      await peer.sendFrame("FILE", path);
      const { payload } = await peer.expect("FHSH");
      return payload.toHex();
    });
  }

  /** Makes all hashes that are remembered recognisable. */
  mark(): void {
    this.sql(`UPDATE hashes SET sha256 = '${MARK}'`);
  }

  /** The names whose hashes are remembered. */
  get remembered(): string[] {
    const rows = this.sql("SELECT path FROM hashes");
    return rows.map(({ path }) => String(path).slice(this.root.path.length + 1)).sort();
  }

  /** Looks into the database that the servers leave behind. */
  sql(statement: string): Record<string, unknown>[] {
    using database = openDatabase(this.data.join("tcp-chat.db"));
    return database.prepare(statement).all();
  }

  [Symbol.dispose](): void {
    this.root[Symbol.dispose]();
    this.data[Symbol.dispose]();
  }
}

Deno.test("a hash is known after a restart without reading the file again", async () => {
  using _later = new ShiftedClock();
  using place = new BenchFixture();
  place.root.write("a.txt", "one");
  assertEquals(await place.announced("a.txt"), sha256Of("one"));
  assertEquals(place.remembered, ["a.txt"]);
  place.mark();
  assertEquals(await place.announced("a.txt"), MARK);
});

Deno.test("a file that has other content after a restart is hashed again", async () => {
  using _later = new ShiftedClock();
  using place = new BenchFixture();
  place.root.write("a.txt", "one");
  await place.announced("a.txt");
  place.mark();
  place.root.write("a.txt", "three");
  assertEquals(await place.announced("a.txt"), sha256Of("three"));
});

for (const what of ["size", "modified_ms", "changed_ms", "inode"]) {
  Deno.test(`a file whose state differs only in ${what} is hashed again`, async () => {
    using _later = new ShiftedClock();
    using place = new BenchFixture();
    place.root.write("a.txt", "one");
    await place.announced("a.txt");
    place.mark();
    place.sql(`UPDATE hashes SET ${what} = ${what} - 1`);
    assertEquals(await place.announced("a.txt"), sha256Of("one"));
  });
}

Deno.test("another file of the same size in its place is noticed", async () => {
  using _later = new ShiftedClock();
  using place = new BenchFixture();
  place.root.write("a.txt", "one");
  await place.announced("a.txt");
  place.mark();
  Deno.renameSync(place.root.write("b.txt", "two"), place.root.join("a.txt"));
  assertEquals(await place.announced("a.txt"), sha256Of("two"));
});

Deno.test("a file that was written just before is not remembered: it may change again", async () => {
  using place = new BenchFixture();
  place.root.write("a.txt", "one");
  assertEquals(await place.announced("a.txt"), sha256Of("one"));
  assertEquals(place.remembered, []);
});

Deno.test("files that are gone are forgotten at the next start", async () => {
  using _later = new ShiftedClock();
  using place = new BenchFixture();
  place.root.write("gone.txt", "one");
  place.root.write("stays.txt", "two");
  await place.announced("gone.txt");
  await place.announced("stays.txt");
  assertEquals(place.remembered, ["gone.txt", "stays.txt"]);
  Deno.removeSync(place.root.join("gone.txt"));
  await place.serve(() => until(() => place.remembered.length === 1, "a file to be forgotten"));
  assertEquals(place.remembered, ["stays.txt"]);
});

Deno.test("hashes of two folders live side by side in one data folder", async () => {
  using _later = new ShiftedClock();
  using place = new BenchFixture();
  place.root.write("a/x.txt", "one");
  place.root.write("ab/x.txt", "two");
  const serveFolder = async (folder: string, marked: string) => {
    const options = { hostname: "127.0.0.1", port: 0, dataDirectory: place.data.path };
    const server = await serve({ ...options, root: place.root.join(folder) });
    using peer = await RawPeer.connect(server.port);
    await peer.sendFrame("FILE", "x.txt");
    const hash = (await peer.expect("FHSH")).payload.toHex();
    peer.close();
    await until(() => server.gauges(0).workersBusy === 0, "the workers to be idle");
    await server.stop();
    assertEquals(hash, marked);
  };
  await serveFolder("ab", sha256Of("two"));
  place.mark();
  await serveFolder("a", sha256Of("one"));
  await serveFolder("ab", MARK);
});

Deno.test("without a data folder nothing is remembered, and nothing is written", async () => {
  using _later = new ShiftedClock();
  using root = new TempDir();
  root.write("a.txt", "one");
  const server = await serve({ hostname: "127.0.0.1", port: 0, root: root.path });
  using peer = await RawPeer.connect(server.port);
  await peer.sendFrame("FILE", "a.txt");
  assertNotEquals((await peer.expect("FHSH")).payload.toHex(), MARK);
  peer.close();
  await server.stop();
  assertEquals(root.list(), ["a.txt"]);
});
