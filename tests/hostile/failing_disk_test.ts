/** A database that cannot be written to while the server runs, and can be again. */
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { patternedBytes } from "../helpers/bytes.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { mountSmall, resizeSmall } from "../helpers/small_disk.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const TEXT = "x".repeat(4_000);
const CONTENT = patternedBytes(100_000);

/** How a disk fails. */
interface Failure {
  /** The code of FAIL for messages. */
  readonly code: string;
  /** Words of the log. */
  readonly logged: string;
  readonly fail: (database: DatabaseSync, data: TempDir) => void;
  readonly mend: (database: DatabaseSync, data: TempDir) => void;
}

const FAILURES: Readonly<Record<string, Failure>> = {
  "has no room left on its disk": {
    code: "no-space",
    logged: "full",
    fail: (_database, data) => {
      const free = new Uint8Array(1024 * 1024);
      try {
        Deno.writeFileSync(data.join("filler"), free);
      } catch {
        // The disk is full
      }
    },
    mend: (_database, data) => {
      Deno.removeSync(data.join("filler"));
      resizeSmall(data.path, "64m");
    },
  },
  "has reached its largest size": {
    code: "no-space",
    logged: "full",
    fail: (database) => {
      const { page_count: pages } = database.prepare("PRAGMA page_count").get()!;
      database.exec(`PRAGMA max_page_count = ${pages}`);
    },
    mend: (database) => database.exec("PRAGMA max_page_count = 1000000"),
  },
  "has become read-only": {
    code: "internal",
    logged: "readonly",
    fail: (database) => database.exec("PRAGMA query_only = ON"),
    mend: (database) => database.exec("PRAGMA query_only = OFF"),
  },
};

/** Starts a server; returns the connection of its database, too. */
async function startWithDatabase(data: TempDir): Promise<[TestServer, DatabaseSync]> {
  const opened: DatabaseSync[] = [];
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function (...args: Parameters<typeof prepare>) {
    opened.push(this);
    return prepare.apply(this, args);
  };
  try {
    const options = { dataDirectory: data.path, uploads: true, chatPerSecond: 0 };
    const server = await startServer(options, { "a.txt": "a file" });
    assertEquals(new Set(opened).size, 1);
    return [server, opened[0]!];
  } finally {
    DatabaseSync.prototype.prepare = prepare;
  }
}

/** Sends messages until one fails; returns the numbers of those that got DONE, and the code. */
async function sendUntilFailure(peer: Protocol2Peer): Promise<{ seqs: unknown[]; code: unknown }> {
  const seqs: unknown[] = [];
  for (;;) {
    const id = await peer.ask("SEND", { room: "lobby", text: TEXT });
    const answer = await peer.read();
    assertEquals(answer?.json.id, id);
    if (answer?.type !== "DONE") return { seqs, code: answer?.json.code };
    seqs.push(answer.json.seq);
  }
}

/** Checks that files, private messages, rooms and new clients work. */
async function assertServesOn(server: TestServer, peer: Protocol2Peer): Promise<void> {
  using other = await Protocol2Peer.connect(server.port);
  assertEquals((await other.get("a.txt")).bytes.length, 6);
  await other.put("b.bin", CONTENT, { replace: true });
  assertEquals((await other.get("b.bin")).bytes, CONTENT);
  await other.request("STAT", { path: "b.bin" });
  await other.request("LIST", { path: "" });
  const { nick: to } = peer.hello.you as { nick: string };
  await other.request("SEND", { to, text: "still there?" });
  await peer.event(({ text }) => text === "still there?");
  await other.request("WHOS", { room: "lobby" });
  await other.quit();
}

for (const [what, { code, logged, fail, mend }] of Object.entries(FAILURES)) {
  Deno.test(`server: fails messages while its database ${what}, and serves on`, async () => {
    using data = new TempDir();
    using mounted = what.includes("disk") ? mountSmall(data.path) : null;
    if (what.includes("disk") && mounted === null) return; // Only root may mount
    const kept: unknown[] = [];
    {
      const [server, database] = await startWithDatabase(data);
      await using _ = server;
      using peer = await Protocol2Peer.connect(server.port);
      kept.push((await peer.request("SEND", { room: "lobby", text: TEXT })).seq);
      fail(database, data);
      const { seqs, code: failed } = await sendUntilFailure(peer);
      kept.push(...seqs);
      assertEquals(failed, code);
      for (let i = 0; i < 3; i++) {
        assertEquals(await peer.refusal("SEND", { room: "lobby", text: TEXT }), code);
      }
      await assertServesOn(server, peer);
      const errors = server.eventsOf("error").map(({ message }) => message);
      assert(errors.some((message) => message.includes(logged)), errors.join("\n"));
      assert(errors.length <= 3, `the log is flooded:\n${errors.join("\n")}`);

      mend(database, data);
      kept.push((await peer.request("SEND", { room: "lobby", text: "again" })).seq);
      const heard = peer.events.filter(({ event }) => event === "message").map(({ seq }) => seq);
      assertEquals(heard.filter((seq) => seq !== undefined), kept);
    }
    await using server = await startServer({ dataDirectory: data.path });
    using peer = await Protocol2Peer.connect(server.port);
    const { messages } = await peer.request("HIST", { room: "lobby", after: 0, limit: 1_000 });
    const stored = (messages as { seq: number }[]).map(({ seq }) => seq);
    assertEquals(stored, kept.slice(0, stored.length));
    assertEquals(await lastSeq(peer), kept.at(-1));
  });
}

/** The number of the last message of the lobby. */
async function lastSeq(peer: Protocol2Peer): Promise<unknown> {
  const { messages } = await peer.request("HIST", { room: "lobby", limit: 1 });
  return (messages as { seq: number }[])[0]?.seq;
}
