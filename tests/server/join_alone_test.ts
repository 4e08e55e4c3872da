import { assert, assertEquals, assertRejects } from "@std/assert";
import { hasHistory } from "../../lib/cluster/find_log.ts";
import { CatalogueChanges } from "../../lib/files/catalogue_changes.ts";
import { isSeed, leaveLog } from "../../lib/files/cluster_tables.ts";
import { ClusterError } from "../../lib/protocol/cluster_error.ts";
import type { ServerSettings } from "../../lib/server/config/options.ts";
import { joinIfAsked } from "../../lib/server/join.ts";
import type { JoiningServer } from "../../lib/server/join_as.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { Replica } from "../helpers/replica.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("joinIfAsked: after cluster seed, a server starts alone only with --alone, and then keeps no files of others", async () => {
  using root = new TempDir();
  using replica = new Replica();
  const { database } = replica;
  const file = { size: 1, mtimeMs: 1, sha256: sha256Of("a"), isExecutable: false };
  new CatalogueChanges(database).put("a", file, { replace: false, former: null }, 1);
  leaveLog(database);
  assert(isSeed(database) && hasHistory(database));
  const events: string[] = [];
  const join = (alone: boolean) => {
    const onEvent = ({ message = "" }: { message?: string }) => events.push(message);
    const options = { cluster: null, alone, root: root.path, files: true, language: "en", onEvent };
    return joinIfAsked(options as unknown as ServerSettings, database, {} as JoiningServer);
  };
  const error = await assertRejects(() => join(false), ClusterError);
  assertEquals([error.code, isSeed(database), events], ["seed", true, []]);
  assertEquals(await join(true), null);
  assertEquals([isSeed(database), hasHistory(database)], [false, false]);
  assertEquals(events, [
    "1 file is only on other servers of the cluster, the first: a",
    "This server has left the cluster: its history is its own from now on",
  ]);
});
