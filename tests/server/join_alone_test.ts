import { assert, assertEquals } from "@std/assert";
import { hasHistory } from "../../lib/cluster/find_log.ts";
import { isSeed, leaveLog } from "../../lib/files/cluster_tables.ts";
import type { ServerSettings } from "../../lib/server/config/options.ts";
import { joinIfAsked } from "../../lib/server/join.ts";
import type { JoiningServer } from "../../lib/server/join_as.ts";
import { Replica } from "../helpers/replica.ts";

Deno.test("joinIfAsked: a server that starts alone after cluster seed keeps no files of the other servers", async () => {
  using replica = new Replica();
  const { database } = replica;
  database.exec(
    `INSERT INTO catalogue (parent, name, sort, fold, size, mtime_ms, sha256, exec)
     VALUES (0, 'a', 'a', 'a', 1, 1, 'x', 0)`,
  );
  leaveLog(database);
  assert(isSeed(database) && hasHistory(database));
  const settings = { cluster: null, alone: false } as ServerSettings;
  assertEquals(await joinIfAsked(settings, database, {} as JoiningServer), null);
  assertEquals([isSeed(database), hasHistory(database)], [false, false]);
});
