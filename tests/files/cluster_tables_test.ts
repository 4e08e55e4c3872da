import { assertEquals } from "@std/assert";
import { clusterOf, leaveCluster } from "../../lib/files/cluster_tables.ts";
import { Replica, replicatedRows } from "../helpers/replica.ts";

Deno.test("leaveCluster: leaves the history, and nothing that only the log could free", () => {
  using replica = new Replica();
  const { database } = replica;
  database.exec(
    `INSERT INTO rooms (room, seq, spoken_ms) VALUES ('lobby', 1, 1);
     INSERT INTO origins VALUES ('aaaaaaaa.1', 1, NULL);
     INSERT INTO servers VALUES ('aaaaaaaa', 'a', 1, NULL, 1);
     INSERT INTO nicks (incarnation, member, nick, folded, written, small)
       VALUES ('aaaaaaaa.1', 1, 'ana', 'ana', 'ana', 'ana')`,
  );
  assertEquals(clusterOf(database), "test");
  leaveCluster(database);
  assertEquals(clusterOf(database), null);
  const tables = Object.entries(replicatedRows(database)).filter(([, rows]) => rows.length > 0);
  assertEquals(tables.map(([name]) => name), ["rooms"]);
});
