import { assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { TestClient } from "../helpers/clients.ts";
import { within } from "../helpers/deadline.ts";
import { PageFixture } from "../helpers/page_fixture.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

async function dataWithAccount(): Promise<TempDir> {
  const data = new TempDir();
  using accounts = new TestAccounts(data.join("tcp-chat.db"));
  for (const name of ["ana", "bia"]) await accounts.store.add(name, "right", "member");
  return data;
}

/** The comings, goings and nicks that a peer hears of up to a message of its own. */
async function heard(
  peer: Protocol2Peer,
  server: TestServer,
  mark: string,
): Promise<string[]> {
  using speaker = await Protocol2Peer.connect(server.port, { present: false });
  await speaker.request("SEND", { room: "lobby", text: mark });
  await peer.event(({ text }) => text === mark);
  const changes = peer.events.filter(({ event }) => event !== "message" && event !== "notice");
  return changes.map(({ event, nick, old }) => [event, old, nick].filter((part) => part).join(" "));
}

const logIn = (server: TestServer, password: string, user = "ana") =>
  TestClient.connect(server.port, { protocol: 2, login: { user, password } });

Deno.test("HELO login: tells others of a client that logs in once, under its account's name", async () => {
  using data = await dataWithAccount();
  await using server = await startServer({ dataDirectory: data.path });
  using watcher = await Protocol2Peer.connect(server.port);
  {
    await using client = await logIn(server, "right");
    assertEquals(client.client.chat.nick, "ana");
    await watcher.event(({ event }) => event === "joined");
  }
  assertEquals(await heard(watcher, server, "mark"), ["joined ana", "left ana"]);
});

Deno.test("HELO login: tells others of a client once where a login is required", async () => {
  using data = await dataWithAccount();
  await using server = await startServer({ dataDirectory: data.path, requireAccount: true });
  const heard: string[] = [];
  const joined = Promise.withResolvers<void>();
  await using _watcher = await TestClient.connect(server.port, {
    protocol: 2,
    login: { user: "ana", password: "right" },
    onEvent: (event) => {
      if (!("nick" in event) || event.nick === "ana") return;
      heard.push(`${event.event} ${event.nick}`);
      joined.resolve();
    },
  });
  await using _bia = await logIn(server, "right", "bia");
  await within(joined.promise, "the other client");
  assertEquals(heard, ["joined bia"]);
});

Deno.test("HELO login: says nothing of a client whose login fails", async () => {
  using data = await dataWithAccount();
  await using server = await startServer({ dataDirectory: data.path });
  using watcher = await Protocol2Peer.connect(server.port);
  const error = await assertRejects(() => logIn(server, "wrong"), RequestError);
  assertEquals(error.code, "auth-failed");
  await server.waitFor("disconnected", ({ client }) => client === 2);
  assertEquals(await heard(watcher, server, "mark"), []);
});

Deno.test("HELO login: tells of a client that goes on as a guest with its next request of the chat", async () => {
  using data = await dataWithAccount();
  await using server = await startServer({ dataDirectory: data.path });
  using watcher = await Protocol2Peer.connect(server.port);
  using guest = await Protocol2Peer.connect(server.port, { login: true });
  assertEquals(
    await guest.refusal("AUTH", { mechanism: "SCRAM-SHA-256", data: "" }),
    "auth-failed",
  );
  assertEquals(await heard(watcher, server, "first"), []);
  await guest.request("WHOS");
  assertEquals(await heard(watcher, server, "second"), ["joined guest-2"]);
});

Deno.test("connectPage: tells others of a page once, after its login", async () => {
  using data = await dataWithAccount();
  await using fixture = await PageFixture.start({ dataDirectory: data.path });
  const { server } = fixture;
  const page = await fixture.open();
  using watcher = await Protocol2Peer.connect(server.port);
  await assertRejects(() => page.logIn("ana", "wrong"), RequestError);
  assertEquals(await heard(watcher, server, "first"), []);
  await page.logIn("ana", "right");
  await watcher.event(({ event }) => event === "left");
  assertEquals((await heard(watcher, server, "second")).toSorted(), ["joined ana", "left guest-1"]);
});
