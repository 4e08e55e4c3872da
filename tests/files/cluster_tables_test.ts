import type { DatabaseSync } from "node:sqlite";
import { assertEquals } from "@std/assert";
import { clusterOf, isSeed, leaveCluster, leaveLog } from "../../lib/files/cluster_tables.ts";
import { Replica } from "../helpers/replica.ts";

/** The tables that have rows after a database with all of them is changed. */
function tablesAfter(change: (database: DatabaseSync) => void): string[] {
  using replica = new Replica();
  const { database } = replica;
  database.exec(
    `INSERT INTO rooms (room, seq, spoken_ms) VALUES ('lobby', 1, 1);
     INSERT INTO origins VALUES ('aaaaaaaa.1', 1, NULL);
     INSERT INTO servers VALUES ('aaaaaaaa', 'a', 1, NULL, 1);
     INSERT INTO nicks (incarnation, member, nick, folded, written, small)
       VALUES ('aaaaaaaa.1', 1, 'ana', 'ana', 'ana', 'ana');
     INSERT INTO catalogue (parent, name, sort, fold, size, mtime_ms, sha256, exec)
       VALUES (0, 'a', 'a', 'a', 1, 1, 'x', 0);
     INSERT INTO copies VALUES ('x', 'aaaaaaaa');
     INSERT INTO holdings VALUES ('a', 1, 1, 1, 1, 'x', 0, 0)`,
  );
  assertEquals([clusterOf(database), isSeed(database)], ["test", false]);
  change(database);
  assertEquals([clusterOf(database), isSeed(database)], [null, change === leaveLog]);
  return ["rooms", "origins", "servers", "nicks", "catalogue", "copies", "holdings"]
    .filter((name) => database.prepare(`SELECT 1 FROM ${name}`).get() !== undefined);
}

Deno.test("leaveCluster: leaves the history, and nothing that only the log could free", () => {
  assertEquals(tablesAfter(leaveCluster), ["rooms"]);
});

Deno.test("leaveLog: leaves the servers, and the files that they have in common, too", () => {
  assertEquals(tablesAfter(leaveLog), ["rooms", "servers", "catalogue", "copies", "holdings"]);
});
