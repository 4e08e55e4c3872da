/** The rights of a client, request by request: what it may not read looks as if it were not there. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import type { ServerSetup } from "../../lib/server/config/options.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { Detour, HAS_OTHER_ADDRESS, OTHER_ADDRESS } from "../helpers/other_address.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const LOGIN = { user: "alice", password: "correct horse" };
/** `drop/` may be written to, but not read. */
const RULES = "private/** none *\ndrop/** write *\n";
const FILES = {
  "open.txt": "open",
  "private/small.txt": "secret",
  "private/large.bin": patternedBytes(200_000),
  "drop/old.txt": "of another client",
};
/** A path that does not exist, and one of each kind that the rules hide. */
const UNREADABLE = ["missing.txt", "private/small.txt", "private/large.bin", "drop/old.txt"];

interface Fixture extends AsyncDisposable {
  readonly server: TestServer;
  readonly peer: Protocol2Peer;
}

/** A server with {@link FILES}, {@link RULES} and the account of {@link LOGIN}, and a guest. */
async function withRules(options: ServerSetup = {}, rules = RULES): Promise<Fixture> {
  const data = new TempDir();
  using accounts = new TestAccounts(data.join("tcp-chat.db"));
  await accounts.store.add(LOGIN.user, LOGIN.password, "member");
  data.write("rules", rules);
  const server = await startServer({ uploads: true, dataDirectory: data.path, ...options }, FILES);
  const peer = await Protocol2Peer.connect(server.port);
  return {
    server,
    peer,
    async [Symbol.asyncDispose]() {
      peer[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      data[Symbol.dispose]();
    },
  };
}

Deno.test("STAT, FGET, LIST: say not-found for a file that the rules hide, as for none", async () => {
  await using fixture = await withRules();
  const { peer } = fixture;
  for (const path of UNREADABLE) {
    for (const [type, fields] of [["STAT", {}], ["FGET", {}], ["FGET", { zstd: true }]] as const) {
      assertEquals(await peer.refusal(type, { path, ...fields }), "not-found", `${type} ${path}`);
    }
    assertEquals(await peer.refusal("LIST", { path }), "not-found", `LIST ${path}`);
  }
  assertEquals(new TextDecoder().decode((await peer.get("open.txt")).bytes), "open");
});

Deno.test("STAT, LIST, FGET: hide a file below which another rule would open a path", async () => {
  await using fixture = await withRules({}, `${RULES}private/*/open read *\n`);
  const path = "private/small.txt";
  for (const type of ["STAT", "LIST", "FGET"]) {
    assertEquals(await fixture.peer.refusal(type, { path }), "not-found", type);
  }
});

Deno.test("FGET: hides small files from a guest among requests for others", async () => {
  await using fixture = await withRules();
  const { peer } = fixture;
  await peer.get("open.txt"); // From now on small files are answered several at a time
  const paths = ["open.txt", "private/small.txt", "open.txt"];
  const ids: number[] = [];
  for (const path of paths) ids.push(await peer.ask("FGET", { path }));
  await peer.receiveFile(ids[0]!);
  assertEquals(await peer.fail(ids[1]!), "not-found");
  await peer.receiveFile(ids[2]!);
});

Deno.test("FILE: hides what the rules hide from a client of protocol 1", async () => {
  await using fixture = await withRules();
  for (const path of UNREADABLE) {
    using raw = await fixture.server.connect();
    await raw.sendFrame("FILE", path);
    const frames = await raw.readUntil("FERR");
    assertEquals(frames.map(({ type }) => type).filter((type) => type !== "CHAT"), ["FERR"], path);
  }
});

Deno.test("LIST: names neither a hidden folder nor what is in it", async () => {
  await using fixture = await withRules();
  const { peer } = fixture;
  const { entries } = await peer.request("LIST", { path: "", recursive: true });
  assertEquals((entries as Json[]).map(({ path }) => path), ["open.txt"]);
  for (const path of ["private", "drop"]) {
    assertEquals(await peer.refusal("LIST", { path }), "not-found", path);
    assertEquals(await peer.refusal("STAT", { path }), "not-found", path);
  }
});

Deno.test("server: says denied to a guest that may read nothing at all", async () => {
  await using server = await startServer({ guestRights: new Set(["chat"]) }, FILES);
  using peer = await Protocol2Peer.connect(server.port);
  for (const type of ["STAT", "FGET", "LIST"]) {
    assertEquals(await peer.refusal(type, { path: "open.txt" }), "denied", type);
  }
  assertEquals(await peer.refusal("LIST", { path: "" }), "denied");
});

Deno.test("FPUT, MKDR: are denied where the rules give no right to write", async () => {
  await using fixture = await withRules({}, `${RULES}read/** read *\n`);
  const { server, peer } = fixture;
  for (const path of ["private/new.txt", "read/new.txt"]) {
    assertEquals(await peer.refusal("FPUT", { path, size: 1, key: "k" }), "denied", path);
    assertEquals(await peer.refusal("FPUT", { path, size: 1, key: "k", replace: true }), "denied");
    assertEquals(await peer.refusal("MKDR", { path }), "denied", path);
  }
  await peer.put("drop/new.txt", "new");
  await peer.request("MKDR", { path: "drop/folder" });
  assertEquals(Deno.readTextFileSync(server.root.join("drop/new.txt")), "new");
});

Deno.test("LIST: tells whether the client may write in a folder", async () => {
  for (const uploads of [true, false]) {
    await using fixture = await withRules({ uploads }, "open/** read *\n");
    const { peer, server } = fixture;
    for (const path of ["open", "own"]) Deno.mkdirSync(server.root.join(path));
    await using member = await TestClient.connect(server.port, { protocol: 2, login: LOGIN });
    const told: boolean[] = [];
    const onRights = (mayWrite: boolean) => void told.push(mayWrite);
    for (const path of ["open", "own"]) {
      await Array.fromAsync(member.client.list(path, { onRights }));
    }
    assertEquals(told, [false, uploads]);
    assertEquals((await peer.request("LIST", { path: "open" })).write, false);
    assertEquals("write" in await peer.request("LIST", { path: "open.txt" }), false);
  }
});

Deno.test("FPUT: replaces no file that the client may write but not read", async () => {
  await using fixture = await withRules();
  const { server, peer } = fixture;
  const fields = { path: "drop/old.txt", size: 1, key: "k", replace: true };
  assertEquals(await peer.refusal("FPUT", fields), "denied");
  assertEquals(Deno.readTextFileSync(server.root.join("drop/old.txt")), FILES["drop/old.txt"]);
});

Deno.test("FPUT, MKDR: are denied to an account with the right to write without uploads", async () => {
  await using fixture = await withRules({ uploads: false });
  await using client = await TestClient.connect(fixture.server.port, { protocol: 2, login: LOGIN });
  const error = await assertRejects(() => client.client.makeFolder("drop/folder"), RequestError);
  assertEquals(error.code, "denied");
});

Deno.test("FPUT: is announced in no room that the client is not in", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  using member = await Protocol2Peer.connect(server.port);
  await member.request("JOIN", { room: "secret" });
  const fields = { path: "a.txt", size: 1, key: "k" };
  assertEquals(await peer.refusal("FPUT", { ...fields, room: "secret" }), "denied");
  const { messages } = await member.request("HIST", { room: "secret" });
  assertEquals(messages, []);
  await peer.request("JOIN", { room: "secret" });
  await peer.put("a.txt", "a", { room: "secret" });
  await member.event(({ event, path }) => event === "file" && path === "a.txt");
});

Deno.test("SEND, HIST, WHOS: are denied in a room that the client is not in", async () => {
  await using server = await startServer();
  using peer = await Protocol2Peer.connect(server.port);
  using member = await Protocol2Peer.connect(server.port);
  await member.request("JOIN", { room: "secret" });
  for (const [type, fields] of [["SEND", { text: "x" }], ["HIST", {}], ["WHOS", {}]] as const) {
    assertEquals(await peer.refusal(type, { room: "secret", ...fields }), "denied", type);
  }
});

Deno.test("server --require-account: answers a guest's requests with unauthenticated only", async () => {
  await using fixture = await withRules({ requireAccount: true });
  const { server, peer } = fixture;
  const requests = {
    LIST: { path: "" },
    STAT: { path: "open.txt" },
    FGET: { path: "open.txt" },
    FPUT: { path: "x", size: 1, key: "k" },
    MKDR: { path: "x" },
    MOVE: { path: "open.txt", to: "x" },
    DELE: { path: "open.txt" },
    SEND: { room: "lobby", text: "x" },
    JOIN: { room: "x" },
    NICK: { nick: "x" },
    WHOS: {},
    ROOM: {},
    HIST: { room: "lobby" },
  };
  for (const [type, fields] of Object.entries(requests)) {
    assertEquals(await peer.refusal(type, fields), "unauthenticated", type);
  }
  using old = await server.connect();
  await old.sendFrame("FILE", "open.txt");
  assertEquals((await old.readToEnd()).map(({ type }) => type), ["FERR"]);
});

Deno.test("server: neither shows nor passes chat to a guest without the right to chat", async () => {
  await using server = await startServer({ guestRights: new Set(["read"]) });
  using peer = await Protocol2Peer.connect(server.port);
  for (const type of ["SEND", "HIST"]) {
    assertEquals(await peer.refusal(type, { room: "lobby", text: "x" }), "denied", type);
  }
  await server.server.announce("for members");
  await peer.assertLives();
  assertEquals(peer.events, []);
});

Deno.test({
  name: "Server.ban: keeps out the banned address, says why, and no other address",
  ignore: !HAS_OTHER_ADDRESS,
  async fn() {
    await using server = await startServer();
    await using detour = await Detour.open(server.port);
    await server.server.ban(OTHER_ADDRESS, "enough");
    using banned = await RawPeer.connect(detour.port);
    const frames = await banned.readToEnd();
    assertEquals(frames.map(({ type }) => type), ["FERR"]);
    assertStringIncludes(textOf(frames[0]!), "banned");
    assertEquals(server.server.clients, []);
    const refused = server.eventsOf("refused").map(({ code, address }) => [code, address]);
    assertEquals(refused, [["denied", OTHER_ADDRESS]]);
    await using other = await TestClient.connect(server.port, { protocol: 2 });
    assertEquals(other.client.isClosed, false);
    await server.server.unban(OTHER_ADDRESS);
    await using back = await TestClient.connect(detour.port, { protocol: 2 });
    assertEquals(back.client.isClosed, false);
  },
});
