import { assertEquals, assertNotEquals } from "@std/assert";
import { openDatabase } from "../../lib/files/database.ts";
import { serve } from "../../lib/server/serve.ts";
import { type Server } from "../../lib/server/server.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { until } from "../helpers/serves_on.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** The hash of no file: a server that announces it has not read the file, but the database. */
const MARK = "5".repeat(64);

/** A root and a data folder for several servers in turn. */
class Fixture implements Disposable {
  readonly root = new TempDir();
  readonly data = new TempDir();

  /** Runs `act` with a new server, and stops the server. */
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

  /** The hash that a new server announces for a file. */
  announced(path: string): Promise<string> {
    return this.serve(async (server) => {
      using peer = await RawPeer.connect(server.port);
      await peer.sendFrame("FILE", path);
      const { payload } = await peer.expect("FHSH");
      return payload.toHex();
    });
  }

  /** Replaces all remembered hashes with `MARK`. */
  mark(): void {
    this.sql(`UPDATE hashes SET sha256 = '${MARK}'`);
  }

  /** The paths of the remembered hashes. */
  get remembered(): string[] {
    const rows = this.sql("SELECT path FROM hashes");
    return rows.map(({ path }) => String(path).slice(this.root.path.length + 1)).sort();
  }

  /** Queries the database of the servers. */
  sql(statement: string): Record<string, unknown>[] {
    using database = openDatabase(this.data.join("tcp-chat.db"));
    return database.prepare(statement).all();
  }

  [Symbol.dispose](): void {
    this.root[Symbol.dispose]();
    this.data[Symbol.dispose]();
  }
}

Deno.test("server: knows a hash after a restart without reading the file again", async () => {
  using _later = new ShiftedClock();
  using fixture = new Fixture();
  fixture.root.write("a.txt", "one");
  assertEquals(await fixture.announced("a.txt"), sha256Of("one"));
  assertEquals(fixture.remembered, ["a.txt"]);
  fixture.mark();
  assertEquals(await fixture.announced("a.txt"), MARK);
});

Deno.test("server: hashes a file again after its content has changed between two servers", async () => {
  using _later = new ShiftedClock();
  using fixture = new Fixture();
  fixture.root.write("a.txt", "one");
  await fixture.announced("a.txt");
  fixture.mark();
  fixture.root.write("a.txt", "three");
  assertEquals(await fixture.announced("a.txt"), sha256Of("three"));
});

for (const what of ["size", "modified_ms", "changed_ms", "inode"]) {
  Deno.test(`server: hashes a file again if its ${what} differs`, async () => {
    using _later = new ShiftedClock();
    using fixture = new Fixture();
    fixture.root.write("a.txt", "one");
    await fixture.announced("a.txt");
    fixture.mark();
    fixture.sql(`UPDATE hashes SET ${what} = ${what} - 1`);
    assertEquals(await fixture.announced("a.txt"), sha256Of("one"));
  });
}

Deno.test("server: hashes a file again that another file of the same size replaces", async () => {
  using _later = new ShiftedClock();
  using fixture = new Fixture();
  fixture.root.write("a.txt", "one");
  await fixture.announced("a.txt");
  fixture.mark();
  Deno.renameSync(fixture.root.write("b.txt", "two"), fixture.root.join("a.txt"));
  assertEquals(await fixture.announced("a.txt"), sha256Of("two"));
});

Deno.test("server: does not remember the hash of a file that was written just before", async () => {
  using fixture = new Fixture();
  fixture.root.write("a.txt", "one");
  assertEquals(await fixture.announced("a.txt"), sha256Of("one"));
  assertEquals(fixture.remembered, []);
});

Deno.test("server: forgets the hashes of removed files at the next start", async () => {
  using _later = new ShiftedClock();
  using fixture = new Fixture();
  fixture.root.write("gone.txt", "one");
  fixture.root.write("stays.txt", "two");
  await fixture.announced("gone.txt");
  await fixture.announced("stays.txt");
  assertEquals(fixture.remembered, ["gone.txt", "stays.txt"]);
  Deno.removeSync(fixture.root.join("gone.txt"));
  await fixture.serve(() => until(() => fixture.remembered.length === 1, "a file to be forgotten"));
  assertEquals(fixture.remembered, ["stays.txt"]);
});

Deno.test("server: separates the hashes of two roots in the same data folder", async () => {
  using _later = new ShiftedClock();
  using fixture = new Fixture();
  fixture.root.write("a/x.txt", "one");
  fixture.root.write("ab/x.txt", "two");
  const serveFolder = async (folder: string, marked: string) => {
    const options = { hostname: "127.0.0.1", port: 0, dataDirectory: fixture.data.path };
    const server = await serve({ ...options, root: fixture.root.join(folder) });
    using peer = await RawPeer.connect(server.port);
    await peer.sendFrame("FILE", "x.txt");
    const hash = (await peer.expect("FHSH")).payload.toHex();
    peer.close();
    await until(() => server.gauges(0).workersBusy === 0, "the workers to become idle");
    await server.stop();
    assertEquals(hash, marked);
  };
  await serveFolder("ab", sha256Of("two"));
  fixture.mark();
  await serveFolder("a", sha256Of("one"));
  await serveFolder("ab", MARK);
});

Deno.test("server: writes nothing without a data folder", async () => {
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
