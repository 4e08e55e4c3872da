/** The requests that make links, list them, and take them back. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { openDatabase } from "../../lib/files/database.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { refusalOf, startLinkServer } from "../helpers/links.ts";
import type { Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";

/** Long, so that few links fit into an answer. */
const LONG = `docs/${"long".repeat(30)}.txt`;
const FILES = {
  "docs/report.pdf": "report",
  [LONG]: "long",
  "other.txt": "other",
  "inbox/old.txt": "old",
};

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("LINK: makes a link, by which a client without an account fetches a file", async () => {
  await using fixture = await startLinkServer(FILES, { requireAccount: true });
  using alice = await fixture.member();
  const made = await alice.request("LINK", { path: "docs/report.pdf", kind: "get", note: "hi" });
  const { link, secret, created, expires, ...rest } = made;
  assertMatch(String(link), /^[a-z2-7]{8}$/);
  assertMatch(String(secret), /^[A-Za-z0-9_-]{20}$/);
  assertEquals(Number(expires) - Number(created), LIMITS.linkMs);
  const whole = { kind: "get", path: "docs/report.pdf", type: "file", user: "alice", note: "hi" };
  assertEquals(rest, whole);
  using peer = await fixture.receiver({ link: String(link), secret: String(secret) });
  assertEquals(text((await peer.get("docs/report.pdf")).bytes), "report");
  const { sha256: _, ...status } = await peer.request("STAT", { path: "docs/report.pdf" });
  assertEquals(status.size, 6);
  const logins = fixture.server.eventsOf("login").map(({ user }) => user);
  assertEquals(logins, ["alice", `link:${link}`]);
  assertEquals(fixture.server.eventsOf("download").map(({ user }) => user), [`link:${link}`]);
  const { event: _1, client: _2, ...event } = fixture.server.eventsOf("link")[0]!;
  assertEquals<unknown>(event, {
    action: "made",
    link,
    kind: "get",
    path: "docs/report.pdf",
    user: "alice",
  });
});

Deno.test("LINK: needs an account, the right to share, and what it shares", async () => {
  const rules = "/ read,write members\ndocs read,share alice\ninbox write,share alice\n";
  await using fixture = await startLinkServer(FILES, {}, rules);
  using alice = await fixture.member();
  using bob = await fixture.member("bob");
  using guest = await fixture.guest();
  const docs = { path: "docs", kind: "get" };
  const inbox = { path: "inbox", kind: "put" };
  assertEquals(await refusalOf(guest, "LINK", docs), "denied share-guest");
  assertEquals(await refusalOf(guest, "LNKS", {}), "denied share-guest");
  assertEquals(await refusalOf(guest, "UNLK", { link: "aaaaaaaa" }), "denied share-guest");
  assertEquals(await refusalOf(bob, "LINK", docs), "not-found"); // The rule hides it
  assertEquals(await refusalOf(bob, "LINK", { ...docs, path: "other.txt" }), "denied share-denied");
  assertEquals(await refusalOf(alice, "LINK", { ...docs, path: "inbox" }), "not-found");
  assertEquals(await refusalOf(alice, "LINK", { ...inbox, path: "docs" }), "denied");
  assertEquals(await refusalOf(alice, "LINK", { ...docs, path: "docs/none" }), "not-found");
  await alice.request("LINK", docs);
  await alice.request("LINK", inbox);
});

Deno.test("LINK, UNLK: are busy while another process writes the database, and say nothing of a fault", async () => {
  await using fixture = await startLinkServer(FILES);
  using alice = await fixture.member();
  const docs = { path: "docs", kind: "get" };
  const { link } = await alice.request("LINK", docs);
  {
    using other = openDatabase(fixture.data.join("tcp-chat.db"));
    other.exec("BEGIN IMMEDIATE");
    assertEquals(await refusalOf(alice, "LINK", docs), "busy");
    assertEquals(await refusalOf(alice, "UNLK", { link }), "busy");
  }
  assertEquals(fixture.server.eventsOf("error"), []);
  await alice.request("UNLK", { link });
});

Deno.test("LINK: asks for files into a folder only", async () => {
  await using fixture = await startLinkServer(FILES);
  using alice = await fixture.member();
  const use = { path: "other.txt", kind: "put" };
  assertEquals(await refusalOf(alice, "LINK", use), "bad-request link-folder");
});

Deno.test("LNKS, UNLK: are about one's own links, for an admin about all", async () => {
  await using fixture = await startLinkServer(FILES);
  const [first, second] = [await fixture.share("docs"), await fixture.share("inbox", {}, "bob")];
  using alice = await fixture.member();
  using root = await fixture.member("root");
  const idsOf = async (peer: Protocol2Peer) => {
    const { links } = await peer.request("LNKS");
    return (links as Json[]).map(({ link }) => link);
  };
  assertEquals(await idsOf(alice), [first.link]);
  assertEquals(await idsOf(root), [first.link, second.link].toSorted());
  const [shown] = (await alice.request("LNKS")).links as Json[];
  assertEquals("secret" in shown!, false);
  const unlink = { link: second.link };
  assertEquals(await refusalOf(alice, "UNLK", unlink), "not-found link-unknown");
  assertEquals(await refusalOf(root, "UNLK", { link: "aaaaaaaa" }), "not-found link-unknown");
  await root.request("UNLK", unlink);
  await root.request("UNLK", unlink); // Once more changes nothing
  using bob = await fixture.member("bob");
  assertEquals(((await bob.request("LNKS")).links as Json[])[0]!.ended, "revoked");
  assertEquals(fixture.server.eventsOf("link").map(({ action }) => action), [
    ...["made", "made", "revoked"],
  ]);
  await assertRejects(() => fixture.receiver(second), Error, "link-revoked");
});

Deno.test("LNKS: tells all links, in pages", async () => {
  await using fixture = await startLinkServer(FILES);
  using alice = await fixture.member();
  const note = "n".repeat(LIMITS.statusBytes);
  for (let i = 0; i < LIMITS.linksPerAccount; i++) {
    await alice.request("LINK", { path: LONG, kind: "get", note });
  }
  const more = { path: "docs", kind: "get" };
  assertEquals(await refusalOf(alice, "LINK", more), "busy links-full");
  const ids = new Set<unknown>();
  let pages = 0;
  for (let after: string | null = null;; pages++) {
    const page: Json = await alice.request("LNKS", { after });
    for (const { link } of page.links as Json[]) ids.add(link);
    after = String((page.links as Json[]).at(-1)?.link);
    if (page.more !== true) break;
  }
  assertEquals(ids.size, LIMITS.linksPerAccount);
  assert(pages >= 1);
  await alice.request("UNLK", { link: [...ids][0] });
  await alice.request("LINK", more);
});
