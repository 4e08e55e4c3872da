import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { exists } from "../../lib/files/exists.ts";
import { joinBySnapshot } from "../../lib/cluster/cluster_row.ts";
import { SnapshotGiver } from "../../lib/cluster/snapshot_giver.ts";
import { PIECE_BYTES } from "../../lib/cluster/snapshot_messages.ts";
import { takeSnapshot } from "../../lib/cluster/take_snapshot.ts";
import { openDatabase } from "../../lib/files/database.ts";
import { writeSnapshot } from "../../lib/files/database_snapshot.ts";
import { SnapshotFolder } from "../../lib/files/snapshot_folder.ts";
import { messageOf } from "../../lib/protocol/errors.ts";
import { MemoryCluster, type MemoryEngine } from "../helpers/memory_engine.ts";
import { Replica, replicatedRows } from "../helpers/replica.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** A server with a database in a folder, that gives snapshots. */
class GivingServer implements Disposable {
  readonly replica: Replica;
  readonly giver: SnapshotGiver;
  readonly written: string[] = [];
  /** The servers of an earlier version that have asked. */
  readonly older: Array<string | null> = [];
  isInStep = true;
  applied = 7;

  constructor(temp: TempDir, { bus }: MemoryEngine, server: string) {
    const path = temp.join(`${server}/tcp-chat.db`);
    this.replica = new Replica({ path, server });
    this.giver = new SnapshotGiver({
      bus,
      name: "test",
      server,
      folder: new SnapshotFolder(temp.join(server)),
      write: (target) => {
        this.written.push(target);
        return Promise.resolve(writeSnapshot(path, target));
      },
      applied: () => this.isInStep ? this.applied : null,
      onOlder: (server) => void this.older.push(server),
      schema: 5,
    });
  }

  /** Fills the database, so that its snapshot has several pieces. */
  fill(): void {
    const add = this.replica.database.prepare("INSERT INTO messages VALUES ('lobby', ?, ?)");
    for (let i = 1; i <= 500; i++) {
      add.run(i, crypto.getRandomValues(new Uint8Array(4_096)).toHex());
    }
  }

  [Symbol.dispose](): void {
    this.giver[Symbol.dispose]();
    this.replica[Symbol.dispose]();
  }
}

function take(
  temp: TempDir,
  { bus }: MemoryEngine,
  more: Partial<Parameters<typeof takeSnapshot>[0]> = {},
) {
  const folder = new SnapshotFolder(temp.join("new"));
  const signal = AbortSignal.timeout(20_000);
  const asking = { bus, name: "test", folder, place: 7, serverId: "bbbbbbbb", schema: 5 };
  return takeSnapshot({ ...asking, signal, retryMs: 1, ...more });
}

/** The answer to a request for a snapshot that has a record. @param more what a later version tells besides */
async function askFor({ bus }: MemoryEngine, place: number, more = { schema: 5 }): Promise<string> {
  const question = new TextEncoder().encode(JSON.stringify({ place, ...more }));
  return new TextDecoder().decode(await bus.request("tc.test.any.snapshot", question, 5_000));
}

Deno.test("takeSnapshot, joinBySnapshot: make a new database the same as that of another server", async () => {
  using temp = new TempDir();
  const cluster = new MemoryCluster();
  await using given = cluster.connect();
  await using taken = cluster.connect();
  using server = new GivingServer(temp, given, "aaaaaaaa");
  server.fill();
  server.replica.database.exec(
    `INSERT INTO hashes VALUES ('/a', 1, 1, 1, 1, 'x');
     INSERT INTO kept_messages (owner, event, until_ms) VALUES ('ana', '{}', 9);
     DELETE FROM kept_messages`,
  );
  using snapshot = await take(temp, taken);
  assert(Deno.statSync(snapshot.path).size > 3 * PIECE_BYTES);
  const database = openDatabase(temp.join("new/tcp-chat.db"));
  database.exec("INSERT INTO hashes VALUES ('/mine', 1, 1, 1, 1, 'y')");
  database.exec("INSERT INTO rooms (room, seq, spoken_ms) VALUES ('old', 1, 1)");
  joinBySnapshot(database, snapshot.path, "bbbbbbbb");
  assertEquals(replicatedRows(database), replicatedRows(server.replica.database));
  const rows = (sql: string) => database.prepare(sql).all().map((row) => ({ ...row }));
  assertEquals(rows("SELECT server FROM cluster"), [{ server: "bbbbbbbb" }]);
  assertEquals(rows("SELECT path FROM hashes"), [{ path: "/mine" }]);
  database.close();
});

Deno.test("takeSnapshot: removes its file on disposal", async () => {
  using temp = new TempDir();
  const cluster = new MemoryCluster();
  await using engine = cluster.connect();
  using _server = new GivingServer(temp, engine, "aaaaaaaa");
  const snapshot = await take(temp, engine);
  assert(exists(snapshot.path));
  snapshot[Symbol.dispose]();
  assert(!exists(snapshot.path));
});

Deno.test("SnapshotGiver: makes one snapshot for all that ask at once, and gives it for a while", async () => {
  using temp = new TempDir();
  const cluster = new MemoryCluster();
  await using engine = cluster.connect();
  using server = new GivingServer(temp, engine, "aaaaaaaa");
  const offers = await Promise.all(
    [1, 2, 3].map(() => askFor(engine, 7)),
  );
  assertEquals(new Set(offers).size, 1);
  assertEquals(server.written.length, 1);
  assert(exists(server.written[0]!));
  server.giver[Symbol.dispose]();
  assert(!exists(server.written[0]!));
});

Deno.test("SnapshotGiver: makes another one where the last one lacks a record, and none that would", async () => {
  using temp = new TempDir();
  const cluster = new MemoryCluster();
  await using engine = cluster.connect();
  using server = new GivingServer(temp, engine, "aaaaaaaa");
  const first = await askFor(engine, 7);
  assertEquals(await askFor(engine, 8), "");
  server.applied = 8;
  const second = await askFor(engine, 8);
  assert(second !== first);
  assertEquals(await askFor(engine, 7), second);
  assertEquals(server.written.length, 2);
});

Deno.test("SnapshotGiver: gives none to a server that does not know its schema, and tells of it", async () => {
  using temp = new TempDir();
  const cluster = new MemoryCluster();
  await using engine = cluster.connect();
  using server = new GivingServer(temp, engine, "aaaaaaaa");
  const question = new TextEncoder().encode(JSON.stringify({ place: 7 }));
  // The first version did not name its schema, and takes an empty answer for "the server has none"
  assertEquals((await engine.bus.request("tc.test.any.snapshot", question, 5_000)).length, 0);
  assertEquals(await askFor(engine, 7, { schema: 4 }), '{"needsSchema":5}');
  assertEquals([server.written, server.older], [[], [null]]);
  assertStringIncludes(await askFor(engine, 7, { schema: 6 }), '"schema":5');
});

Deno.test("takeSnapshot: says that this server is to be updated where the others are newer, and waits", async () => {
  using temp = new TempDir();
  const cluster = new MemoryCluster();
  await using engine = cluster.connect();
  using server = new GivingServer(temp, engine, "aaaaaaaa");
  const stop = new AbortController();
  const reasons: string[] = [];
  const onWait = (error: unknown) => {
    reasons.push(messageOf(error));
    if (reasons.length === 2) stop.abort(new Error("stopped"));
  };
  const taking = take(temp, engine, { onWait, schema: 4, signal: stop.signal });
  await assertRejects(() => taking, Error, "stopped");
  const reason =
    "the other servers are of a newer version (schema 5, this one knows 4): update this server";
  assertEquals([reasons, server.older], [[reason, reason], ["bbbbbbbb"]]);
});

Deno.test("takeSnapshot: takes no snapshot of a schema that it does not know", async () => {
  using temp = new TempDir();
  const cluster = new MemoryCluster();
  await using engine = cluster.connect();
  const offer = { server: "aaaaaaaa", id: "x", sizeBytes: 1, sha256: "a".repeat(64), schema: 6 };
  using _ = engine.bus.subscribe("tc.test.any.snapshot", (message) => {
    message.respond(new TextEncoder().encode(JSON.stringify(offer)));
  }, "any");
  const taking = take(temp, engine, {
    onWait: (error) => {
      throw error;
    },
  });
  await assertRejects(() => taking, Error, "schema 6, this one knows 5");
});

Deno.test("takeSnapshot: waits for a server that is in step", async () => {
  using temp = new TempDir();
  const cluster = new MemoryCluster();
  await using engine = cluster.connect();
  using server = new GivingServer(temp, engine, "aaaaaaaa");
  server.isInStep = false;
  const reasons: string[] = [];
  using snapshot = await take(temp, engine, {
    onWait: (error) => {
      reasons.push(String(error));
      server.isInStep = reasons.length === 2;
    },
  });
  assert(exists(snapshot.path));
  assertEquals(reasons, Array(2).fill("Error: Cannot take a snapshot: the server has none"));
});

Deno.test("takeSnapshot: takes nothing whose SHA-256 is wrong, and asks again", async () => {
  using temp = new TempDir();
  const cluster = new MemoryCluster();
  await using engine = cluster.connect();
  using server = new GivingServer(temp, engine, "aaaaaaaa");
  server.fill();
  await askFor(engine, 7);
  const [path = ""] = server.written;
  const right = Deno.readFileSync(path);
  const wrong = right.slice();
  wrong[wrong.length - 1]! ^= 1;
  Deno.writeFileSync(path, wrong);
  const reasons: string[] = [];
  using snapshot = await take(temp, engine, {
    onWait: (error) => {
      reasons.push(String(error));
      Deno.writeFileSync(path, reasons.length === 1 ? right.subarray(0, -1) : right);
    },
  });
  assertEquals(Deno.readFileSync(snapshot.path), right);
  assertEquals(reasons, [
    "Error: Cannot take a snapshot: its SHA-256 does not match",
    "Error: Cannot take a snapshot: a piece of it is missing",
  ]);
});

Deno.test("takeSnapshot: ends by its signal where there is no server, and leaves nothing", async () => {
  using temp = new TempDir();
  const cluster = new MemoryCluster();
  await using engine = cluster.connect();
  const stop = new AbortController();
  const folder = new SnapshotFolder(temp.join("new"));
  const taking = takeSnapshot({
    bus: engine.bus,
    name: "test",
    folder,
    place: 0,
    serverId: "bbbbbbbb",
    signal: stop.signal,
    onWait: () => stop.abort(new Error("stopped")),
  });
  await assertRejects(() => taking, Error, "stopped");
  assert(!exists(folder.pathOf("taken.db")));
});

Deno.test("joinBySnapshot: refuses a damaged snapshot and one of a newer version, and changes nothing", () => {
  using temp = new TempDir();
  using replica = new Replica({ path: temp.join("a/tcp-chat.db") });
  const before = replica.rows();
  Deno.writeTextFileSync(temp.join("damaged.db"), "not a database ".repeat(1_000));
  assertThrows(() => joinBySnapshot(replica.database, temp.join("damaged.db"), "bbbbbbbb"));
  const newer = openDatabase(temp.join("newer.db"));
  newer.exec("PRAGMA user_version = 999");
  newer.close();
  const refuse = () => joinBySnapshot(replica.database, temp.join("newer.db"), "bbbbbbbb");
  assertThrows(refuse, Error, "a newer version");
  assertEquals(replica.rows(), before);
});
