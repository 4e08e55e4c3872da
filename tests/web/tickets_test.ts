import { assertEquals, assertNotEquals } from "@std/assert";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import type { ServerSetup } from "../../lib/server/config/options.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { logIn } from "../helpers/abused_server.ts";
import type { TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { bodyText, request, requestText, startWebServer } from "../helpers/web.ts";

const LOGIN = { user: "alice", password: "correct horse" };
const FILES = { "open.txt": "open", "private/a.txt": "secret", "private/b.txt": "other" };

interface Fixture extends AsyncDisposable {
  readonly server: TestServer;
  readonly peer: Protocol2Peer;
  readonly accounts: TestAccounts;
  status(path: string, ticket?: unknown): Promise<number>;
}

/** A server that shows `private/` to an account only, and a peer that has logged in. */
async function setUp(options: ServerSetup = {}): Promise<Fixture> {
  const stack = new AsyncDisposableStack();
  const data = stack.use(new TempDir());
  const accounts = stack.use(new TestAccounts(data.join("tcp-chat.db")));
  await accounts.store.add(LOGIN.user, LOGIN.password, "member");
  data.write("rules", "private/** none *\nprivate/** read alice\n");
  const server = stack.use(await startWebServer({ dataDirectory: data.path, ...options }, FILES));
  const peer = stack.use(await Protocol2Peer.connect(server.port));
  await logIn(peer, LOGIN.user, new ScramPassword(LOGIN.password));
  return {
    server,
    peer,
    accounts,
    async status(path, ticket) {
      const query = ticket === undefined ? "" : `?ticket=${ticket}`;
      return (await request(server.port, `GET /files/${path}${query}`)).status;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("TCKT: a link with the ticket gets the file with the rights of the account", async () => {
  await using fixture = await setUp();
  const { peer, server, status } = fixture;
  const { path, ticket, expires } = await peer.request("TCKT", { path: "private/a.txt" });
  assertEquals(path, "private/a.txt");
  assertEquals(Math.abs(Number(expires) - Date.now() - 3_600_000) < 60_000, true);
  const answer = await request(server.port, `GET /files/private/a.txt?ticket=${ticket}`);
  assertEquals(bodyText(answer), "secret");
  assertEquals(answer.headers.get("referrer-policy"), "no-referrer");
  assertEquals((await server.waitFor("download")).user, LOGIN.user);
  assertEquals(await status("private/a.txt"), 404);
  assertEquals(await status("private/b.txt", ticket), 403);
  assertEquals(await status("private/a.txt", `${ticket}A`), 403);
  assertEquals(await status("private/a.txt", ""), 403);
});

Deno.test("TCKT: a link to a folder lists it", async () => {
  await using fixture = await setUp();
  const { ticket } = await fixture.peer.request("TCKT", { path: "private" });
  const line = `GET /files/private?json&ticket=${ticket}`;
  const { entries } = JSON.parse(bodyText(await request(fixture.server.port, line)));
  assertEquals(entries.map(({ path }: { path: string }) => path), [
    "private/a.txt",
    "private/b.txt",
  ]);
});

Deno.test("TCKT: where a login is required, only a link with a ticket gets anything", async () => {
  await using fixture = await setUp({ requireAccount: true });
  const { peer, server, status } = fixture;
  const { status: code, headers } = await request(server.port, "GET /files/open.txt");
  assertEquals([code, headers.get("www-authenticate")], [401, undefined]);
  assertEquals(await status("?json"), 401);
  const { ticket } = await peer.request("TCKT", { path: "open.txt" });
  assertEquals(await status("open.txt", ticket), 200);
});

Deno.test("TCKT: a ban, and any change of the account, end its tickets", async () => {
  await using fixture = await setUp();
  const { peer, server, accounts, status } = fixture;
  const { ticket } = await peer.request("TCKT", { path: "private/a.txt" });
  await server.server.ban(LOGIN.user, "away");
  assertEquals(await status("private/a.txt", ticket), 403);
  await server.server.unban(LOGIN.user);
  assertEquals(await status("private/a.txt", ticket), 200);
  await accounts.store.setPassword(LOGIN.user, "another horse");
  assertEquals(await status("private/a.txt", ticket), 403);
});

Deno.test("TCKT: tells nothing of what the rules hide; a guest needs none", async () => {
  await using fixture = await setUp();
  using guest = await Protocol2Peer.connect(fixture.server.port);
  assertEquals(await guest.refusal("TCKT", { path: "private/a.txt" }), "not-found");
  const answer = await guest.request("TCKT", { path: "open.txt" });
  assertEquals(answer, { path: "open.txt", ticket: null, expires: null });
});

Deno.test("TCKT: is a feature of servers with a page and files", async () => {
  const featuresOf = async (options: Parameters<typeof startWebServer>[0]) => {
    await using server = await startWebServer(options);
    using peer = await Protocol2Peer.connect(server.port);
    return {
      features: peer.hello.features as string[],
      code: await peer.refusal("TCKT", { path: "" }),
    };
  };
  const without = await featuresOf({ web: null });
  assertEquals([without.features.includes("tickets"), without.code], [false, "unsupported"]);
  assertEquals(without.features.includes("web"), false);
  const { features } = await featuresOf({ files: false });
  assertEquals([features.includes("tickets"), features.includes("web")], [false, true]);
  await using server = await startWebServer();
  using peer = await Protocol2Peer.connect(server.port);
  assertNotEquals((peer.hello.features as string[]).indexOf("tickets"), -1);
});

Deno.test("GET /files?ticket: a download under way ends when its account is banned", async () => {
  await using fixture = await setUp();
  const { server, peer: client } = fixture;
  const size = 64_000_000;
  server.root.write("private/big", new Uint8Array(size));
  const { ticket } = await client.request("TCKT", { path: "private/big" });
  using peer = await server.connect();
  await peer.send(requestText(`GET /files/private/big?ticket=${ticket}`));
  await peer.readBytes(1);
  await server.server.ban(LOGIN.user, "away");
  const { length } = await peer.readBytes(size).catch(() => new Uint8Array());
  assertEquals(length < size, true, "The body looks whole");
});
