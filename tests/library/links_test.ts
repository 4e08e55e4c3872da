import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type Client, connect, formatTarget, RequestError } from "../../mod.ts";
import { startLinkServer } from "../helpers/links.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const FILES = { "docs/a.txt": "a", "docs/b.txt": "b", "inbox/old.txt": "old" };
const LOGIN = { user: "alice", password: "correct horse" };

async function assertReason(promise: Promise<unknown>, code: string, reason: string | null) {
  const error = await assertRejects(() => promise, RequestError);
  assertEquals([error.code, error.reason], [code, reason]);
}

Deno.test("ClientLinks: makes, lists and revokes links; connect comes by one", async () => {
  await using fixture = await startLinkServer(FILES);
  const server = { hostname: "127.0.0.1", port: fixture.server.port };
  await using alice = await connect({ ...server, login: LOGIN });
  const made = await alice.links.make("docs", { count: 1, lifeMs: 60_000, note: "for Bob" });
  const { id, secret, type, ...info } = made;
  assertEquals([type, info.createdMs + 60_000], ["folder", info.expiresMs]);
  assertMatch(`${id}.${secret}`, /^[a-z2-7]{8}\.[\w-]{20}$/);
  assertEquals(await alice.links.list(), [{ id, ...info }]);

  const address = formatTarget({ ...server, path: "docs", link: { id, secret } });
  using target = new TempDir();
  await using bob = await connect(address);
  const { kind, path, expiresMs, left } = { ...made, left: 1 };
  assertEquals(bob.account, {
    user: `link:${id}`,
    role: "link",
    link: { kind, path, expiresMs, left },
  });
  await bob.download("docs/a.txt", { directory: target.path });
  await assertReason(bob.stat("inbox/old.txt"), "not-found", null);
  await assertReason(bob.chat.say("hi"), "denied", "link-narrow");
  await assertReason(bob.links.list(), "denied", "link-narrow");
  assertEquals((await alice.links.list())[0]!.ended, "used");
  await assertReason(connect(address), "denied", "link-used"); // Another receiver

  await alice.links.revoke(id);
  await assertReason(
    bob.download("docs/b.txt", { directory: target.path }),
    "denied",
    "link-revoked",
  );
  await assertReason(alice.links.revoke("aaaaaaaa"), "not-found", "link-unknown");
});

Deno.test("connect: goes on by the claim of its login object, or by the one that it is given", async () => {
  await using fixture = await startLinkServer(FILES);
  const server = { hostname: "127.0.0.1", port: fixture.server.port };
  const { link, secret } = await fixture.share("docs", { count: 1 });
  const login = { user: `link:${link}`, password: secret };
  using target = new TempDir();
  const fetch = async (client: Client) => {
    await client.download("docs/a.txt", { directory: target.path, replace: true });
    await client.quit();
  };
  for (let i = 0; i < 2; i++) await fetch(await connect({ ...server, login }));
  await assertReason(connect({ ...server, login: { ...login } }), "denied", "link-used");
});

Deno.test("connect: refuses a link on a server that has none, before it logs in", async () => {
  await using server = await startServer({ files: false });
  const link = { id: "k7f3q2mx", secret: "JZ5WQ0tB3mXr7yA1_-0a" };
  const address = formatTarget({ hostname: "127.0.0.1", port: server.port, link });
  await assertReason(connect(address), "unsupported", "links-none");
  assertEquals(server.eventsOf("refused"), []);
  await using client = await connect({ hostname: "127.0.0.1", port: server.port });
  await assertReason(client.links.make("docs"), "unsupported", "links-none");
});
