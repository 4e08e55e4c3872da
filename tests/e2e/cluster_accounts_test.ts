/** Accounts of a cluster, changed beside its servers. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";
import { openDatabase } from "../../lib/files/database.ts";
import { ClusterServers } from "../helpers/cluster_servers.ts";
import { freePort } from "../helpers/free_port.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { run } from "../helpers/program.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** How a login ends: `in`, or the code of its failure. */
async function logIn(port: number, password: string): Promise<string> {
  try {
    const client = await connect({
      hostname: "127.0.0.1",
      port,
      login: { user: "ana", password },
    });
    await client.quit();
    return "in";
  } catch (error) {
    if (error instanceof RequestError || error instanceof ConnectionError) return error.code;
    throw error;
  }
}

/** What the accounts of a data folder share, as text. */
function settingsIn(folder: TempDir): string {
  using database = openDatabase(folder.join("tcp-chat.db"));
  return JSON.stringify(database.prepare("SELECT * FROM account_settings").all());
}

Deno.test(
  "serve: the secret of mock verifiers is the same on all servers of a cluster",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(3, nats.urls);
    const [first, ...others] = cluster.folders.map(settingsIn);
    assertStringIncludes(first!, '"secret"');
    assertEquals(others, [first, first]);
  },
);

Deno.test(
  "tcp-chat-server user: changes the accounts of all servers of a cluster while they run",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(2, nats.urls);
    const [first, second] = cluster.ports as [number, number];
    const data = ["--data", cluster.folders[0]!.path];
    const there = ["--cluster", nats.urls.join(","), "--cluster-name", "test"];
    const user = (command: string, input: string, more = there) =>
      run("server", ["user", command, "ana", ...data, ...more], { input });
    assertEquals(await logIn(second, "secret"), "auth-failed");
    const added = await user("add", "secret\n");
    assertEquals([added.code, added.stderr], [0, ""]);
    for (const port of [first, second]) assertEquals(await logIn(port, "secret"), "in");
    const again = await user("add", "other\n");
    assertEquals(again.code !== 0, true);
    assertStringIncludes(again.stderr, "There is an account of this name already");

    const member = await connect({
      hostname: "127.0.0.1",
      port: second,
      login: { user: "ana", password: "secret" },
    });
    assertEquals((await user("passwd", "another\n")).code, 0);
    await member.closed; // Who must log in again is thrown out, on every server
    assertEquals(await logIn(second, "another"), "in");
    assertEquals((await user("remove", "")).code, 0);
    assertEquals(await logIn(first, "another"), "auth-failed");
    await until(
      () => cluster.servers.every(({ server }) => server.accounts().length === 0),
      "none",
    );
    const missing = await user("remove", "");
    assertEquals(missing.code !== 0, true);
  },
);

Deno.test(
  "tcp-chat-server user: with --cluster, changes no accounts of a folder that belongs to none",
  async () => {
    using folder = new TempDir();
    const args = ["--data", folder.path, "--cluster", `127.0.0.1:${freePort()}`];
    const added = await run("server", ["user", "add", "ana", ...args], { input: "secret\n" });
    assertEquals(added.code, 2);
    assertStringIncludes(added.stderr, "belongs to no cluster");
    const list = await run("server", ["user", "list", "--data", folder.path]);
    assertStringIncludes(list.stdout, "no accounts");
  },
);

Deno.test(
  "tcp-chat-server user: without NATS, changes no account of a cluster and says why",
  NEEDS_NATS,
  async () => {
    await using nats = await NatsCluster.start(1);
    await using cluster = await ClusterServers.start(1, nats.urls);
    const data = ["--data", cluster.folders[0]!.path];
    const alone = await run("server", ["user", "add", "ana", ...data], { input: "secret\n" });
    assertEquals(alone.code, 2);
    assertStringIncludes(alone.stderr, "cluster test");
    const away = ["--cluster", `127.0.0.1:${freePort()}`, "--cluster-name", "test"];
    const failed = await run("server", ["user", "add", "ana", ...data, ...away], {
      input: "secret\n",
    });
    assertEquals(failed.code !== 0, true);
    assertStringIncludes(failed.stderr, "The cluster cannot be reached");
    assertEquals(cluster.servers[0]!.server.accounts(), []);
  },
);
