import { assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { RequestError } from "../../lib/protocol/errors.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { TestClient } from "../helpers/clients.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { assertServesOn } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const LOGIN = { user: "Alice", password: "correct horse" };
const NOTICE = "You were removed: too loud";

/** A data folder with the account of {@link LOGIN}. */
async function folderWithAccount(): Promise<TempDir> {
  const folder = new TempDir();
  using accounts = new TestAccounts(folder.join("tcp-chat.db"));
  await accounts.store.add(LOGIN.user, LOGIN.password, "member");
  return folder;
}

function logIn({ port }: TestServer): Promise<TestClient> {
  return TestClient.connect(port, { protocol: 2, login: LOGIN });
}

Deno.test("Server.ban: refuses the login of the account until the ban is lifted", async () => {
  using data = await folderWithAccount();
  await using server = await startServer({ dataDirectory: data.path });
  await server.server.ban("ALICE", NOTICE);
  const error = await assertRejects(() => logIn(server), RequestError);
  assertEquals([error.code, error.reason], ["denied", "banned"]);
  assertEquals(server.eventsOf("login"), []);

  await server.server.unban("alice");
  await using client = await logIn(server);
  assertEquals(client.client.account?.user, LOGIN.user);
});

Deno.test("Server.ban: does not reveal a ban to a login with a wrong password", async () => {
  using data = await folderWithAccount();
  await using server = await startServer({ dataDirectory: data.path });
  await server.server.ban("alice", NOTICE);
  const login = { ...LOGIN, password: "wrong" };
  const error = await assertRejects(
    () => TestClient.connect(server.port, { protocol: 2, login }),
    RequestError,
  );
  assertEquals([error.code, error.reason], ["auth-failed", null]);
});

Deno.test("Server.ban: kicks the account under any nick", async () => {
  using data = await folderWithAccount();
  await using server = await startServer({ dataDirectory: data.path });
  await using client = await logIn(server);
  await using other = await TestClient.connect(server.port, { protocol: 2 });
  await client.client.chat.setNick("cat");
  const { kicked } = await server.server.ban("alice", NOTICE);
  assertEquals(kicked.map(({ nick, user }) => [nick, user]), [["cat", LOGIN.user]]);
  await client.closed();
  assertEquals(other.client.isClosed, false);
});

Deno.test("Server.ban: kicks no client whose nick is the number of the banned one", async () => {
  using data = new TempDir();
  {
    using accounts = new TestAccounts(data.join("tcp-chat.db"));
    await accounts.store.add("old", LOGIN.password, "member");
    // Numbers were allowed once
    accounts.database.exec("UPDATE accounts SET name_key = '2', name = '2'");
  }
  await using server = await startServer({ dataDirectory: data.path });
  const login = { ...LOGIN, user: "2" };
  await using other = await TestClient.connect(server.port, { protocol: 2, login });
  await using banned = await TestClient.connect(server.port, { protocol: 2 });
  assertEquals(other.client.chat.nick, "2");
  await banned.client.chat.setNick("evil");
  await server.server.ban("guest-evil", NOTICE);
  await banned.closed();
  await server.waitFor("disconnected");
  assertEquals(server.server.clients.map(({ nick }) => nick), ["2"]);
  assertEquals(server.server.kick("1", NOTICE), true); // The number of a connection goes first
});

Deno.test("Server.ban: kicks many clients in several turns", async () => {
  await using server = await startServer({ maxPerAddress: 0 });
  const connecting = Array.from({ length: 100 }, () => Protocol2Peer.connect(server.port));
  const peers = await Promise.all(connecting);
  const inLobby = () => server.server.rooms()[0]?.members ?? 0;
  assertEquals(inLobby(), 100);
  const { kicked } = await server.server.ban("127.0.0.1", NOTICE);
  assertEquals([kicked.length, inLobby()], [100, 36]);
  await Promise.all(peers.map((peer) => peer.readToEnd()));
  assertEquals(inLobby(), 0);
  for (const peer of peers) peer[Symbol.dispose]();
});

Deno.test("server: accepts clients when its database fails", async () => {
  using data = await folderWithAccount();
  await using server = await startServer({ dataDirectory: data.path });
  {
    using database = new DatabaseSync(data.join("tcp-chat.db"));
    database.exec("DROP TABLE accounts; DROP TABLE bans;");
  }
  await using client = await TestClient.connect(server.port, { protocol: 2 });
  const error = await assertRejects(() => client.client.chat.setNick("alice"), RequestError);
  assertEquals(error.code, "internal");
  await assertServesOn(server);
});
