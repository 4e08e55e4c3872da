import { assertEquals } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import { AccountStore } from "../../lib/accounts/account_store.ts";
import { Bans } from "../../lib/chat/bans.ts";
import { History } from "../../lib/chat/history.ts";
import { KeptMessages } from "../../lib/chat/kept_messages.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { HashIndex } from "../../lib/files/hash_index.ts";
import { Holdings } from "../../lib/files/holdings.ts";

/** The statements that read a whole table, and why that holds up no other work. */
const WHOLE_TABLE: Readonly<Record<string, string>> = {
  "SELECT room, sum(octet_length(event)) AS bytes FROM messages GROUP BY room": "at the start",
  "DELETE FROM messages WHERE (room, seq) IN ( SELECT room, messages.seq FROM rooms CROSS JOIN messages USING (room) WHERE messages.seq <= rooms.seq - ? )":
    "at the start",
  "SELECT count(*) AS count FROM rooms": "1 ms with LIMITS.roomsRemembered rooms",
  "SELECT room, seq FROM rooms ORDER BY seq, spoken_ms, room LIMIT ?":
    "2 ms, once for 100 new rooms",
  "SELECT count(*) AS count FROM kept_messages": "counts an index: 10 µs with LIMITS.keptMessages",
  "DELETE FROM bans WHERE expires_ms <= ?": "for the operator, as are all bans",
  "SELECT * FROM bans WHERE expires_ms IS NULL OR expires_ms > ? ORDER BY since_ms, kind, subject":
    "for the operator",
  "SELECT * FROM accounts ORDER BY name_key": "after a change of an account, by the operator",
  "SELECT 1 FROM accounts LIMIT 1": "reads one row",
  "SELECT count(*) AS count FROM holdings WHERE wrong = 1":
    "reads an index that has only the few that are wrong",
};

/** The statements that everything which uses the database prepares. */
function statementsOf(database: DatabaseSync): string[] {
  const statements = new Set<string>();
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => {
    statements.add(sql.replaceAll(/\s+/g, " ").trim());
    return prepare(sql);
  };
  new History(database);
  new KeptMessages(database);
  new Bans(database);
  new AccountStore(database);
  new HashIndex(database);
  new Holdings(database);
  database.prepare = prepare;
  return [...statements];
}

Deno.test("openDatabase: has an index for every statement but those that need none", () => {
  const database = openDatabase(IN_MEMORY);
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
    .map(({ name }) => String(name)).filter((name) => name !== "account_settings"); // One row
  const scans = tables.map((table) => `SCAN ${table}`);
  const readsAll = (sql: string) =>
    database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()
      .some(({ detail }) => scans.some((scan) => `${detail} `.startsWith(`${scan} `)));
  const found = statementsOf(database).filter(readsAll);
  database.close();
  assertEquals(found.sort(), Object.keys(WHOLE_TABLE).sort());
});
