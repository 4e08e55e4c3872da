/** Links in wrong hands, and links whose ground is taken away under them. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import {
  CLAIM,
  LinkServer,
  logInByLink,
  MEMBERS_SHARE,
  OTHER_CLAIM,
  refusalOf,
  type SharedLink,
  startLinkServer,
} from "../helpers/links.ts";
import type { Message, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";

/** More than sockets hold. */
const HUGE_BYTES = 16 * 1024 * 1024 * 1024;
const FILES = {
  "docs/huge.bin": "",
  "docs/small.txt": "small",
  "docs/closed/secret.txt": "secret",
  "inbox/old.txt": "old",
};

async function setUp(rules = MEMBERS_SHARE): Promise<LinkServer> {
  const fixture = await startLinkServer(FILES, {}, rules);
  Deno.truncateSync(fixture.server.root.join("docs/huge.bin"), HUGE_BYTES);
  return fixture;
}

/** Begins to fetch a file that does not end. */
async function beginHuge(peer: Protocol2Peer): Promise<number> {
  const id = await peer.ask("FGET", { path: "docs/huge.bin" });
  await peer.expect("FMET");
  return id;
}

/** Reads the rest of a download, which fails; returns code and reason. */
async function failureOf(peer: Protocol2Peer): Promise<string> {
  for (;;) {
    const message: Message | null = await peer.read();
    if (message?.type === "FDAT") continue;
    assertEquals(message?.type, "FAIL");
    return [message?.json.code, message?.json.reason].join(" ");
  }
}

/** Changes the database as another process does. */
function withAccounts(fixture: LinkServer, change: (accounts: TestAccounts) => void): void {
  using accounts = new TestAccounts(fixture.data.join("tcp-chat.db"));
  change(accounts);
}

Deno.test("link: a wrong secret, an unknown id and a forged one fail alike, and are slowed down", async () => {
  await using fixture = await setUp();
  const { link, secret } = await fixture.share("docs");
  const wrong = `${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`;
  const guesses = [[`link:${link}`, wrong], ["link:aaaaaaaa", secret], ["link:", secret]];
  using peer = await fixture.guest();
  for (const [user, guess] of guesses) {
    await assertRejects(() => logInByLink(peer, user!, guess!), Error, "auth-failed");
  }
  for (let i = guesses.length; i < LIMITS.failedLogins; i++) {
    await assertRejects(() => logInByLink(peer, `link:aaaaaaa${i}`, secret), Error, "auth-failed");
  }
  assertEquals(await peer.readToEnd(), []); // The server closes
  using right = await fixture.receiver({ link, secret });
  await right.assertLives();
});

Deno.test("link: guesses at one secret wait longer and longer, then are refused unseen", async () => {
  await using fixture = await setUp();
  const { link } = await fixture.share("docs");
  const guess = async () => {
    using peer = await fixture.guest();
    await logInByLink(peer, `link:${link}`, "A".repeat(20)).catch(() => {});
  };
  const guesses = Array.from({ length: 8 }, guess);
  const refused = await fixture.server.waitFor("refused", ({ code }) => code === "rate-limited");
  assertEquals(refused.account, `link:${link}`);
  await fixture.server.server.stop(undefined, { graceMs: 0 });
  await Promise.all(guesses);
});

Deno.test("link: of two claims at once for the last one, one wins", async () => {
  await using fixture = await setUp();
  const shared = await fixture.share("docs", { count: 1 });
  using one = await fixture.receiver(shared, CLAIM);
  using other = await fixture.receiver(shared, OTHER_CLAIM);
  const ids = await Promise.all(
    [one, other].map((peer) => peer.ask("FGET", { path: "docs/small.txt" })),
  );
  const answers = await Promise.all([one, other].map((peer) => peer.read()));
  assertEquals(answers.map((answer) => answer!.type).toSorted(), ["FAIL", "FMET"]);
  const loser = answers.findIndex((answer) => answer!.type === "FAIL");
  const { id, code, reason } = answers[loser]!.json;
  assertEquals([id, code, reason], [ids[loser], "denied", "link-used"]);
});

/** What ends a link in the middle of a transfer, and the reason that is told. */
const ENDS: Readonly<
  Record<string, readonly [string, (fixture: LinkServer, link: SharedLink) => Promise<void> | void]>
> = {
  "that expires": ["link-expired", (fixture, { link }) => {
    withAccounts(fixture, ({ database }) => {
      database.prepare("UPDATE links SET expires_ms = ? WHERE id = ?").run(Date.now(), link);
    });
  }],
  "taken back by its creator": ["link-revoked", async (fixture, { link }) => {
    using alice = await fixture.member();
    await alice.request("UNLK", { link });
  }],
  "taken back on the server's machine": ["link-revoked", (fixture, { link }) => {
    withAccounts(fixture, ({ database }) => {
      database.prepare("UPDATE links SET revoked_ms = 1 WHERE id = ?").run(link);
    });
  }],
  "whose creator is removed": ["link-stopped", (fixture) => {
    withAccounts(fixture, ({ store }) => void store.remove("alice"));
  }],
  "whose creator is banned": ["link-stopped", (fixture) => {
    fixture.server.server.ban("alice", "Away with you");
  }],
  "whose creator loses the right to share": ["link-stopped", async (fixture) => {
    await fixture.setRules("/ read,write members\n");
  }],
  "whose creator loses the right to read": ["undefined", async (fixture) => {
    await fixture.setRules("/ share members\n");
  }],
};

for (const [what, [reason, end]] of Object.entries(ENDS)) {
  Deno.test(`link: one ${what} stops in the middle of a transfer`, async () => {
    await using fixture = await setUp();
    const shared = await fixture.share("docs");
    using peer = await fixture.receiver(shared);
    await beginHuge(peer);
    await end(fixture, shared);
    assertEquals((await failureOf(peer)).replace(/ $/, " undefined"), `denied ${reason}`);
    const path = "docs/small.txt";
    for (const type of ["FGET", "STAT", "LIST"]) {
      const after = await refusalOf(peer, type, { path });
      assertEquals(after, reason === "undefined" ? "not-found" : `denied ${reason}`, type);
    }
    if (reason !== "undefined") await assertRejects(() => fixture.receiver(shared), Error, reason);
  });
}

Deno.test("link: is not revived by an account that gets the name of its creator", async () => {
  await using fixture = await setUp();
  const shared = await fixture.share("docs");
  using accounts = new TestAccounts(fixture.data.join("tcp-chat.db"));
  accounts.store.remove("alice");
  await accounts.store.add("alice", "another", "admin");
  await assertRejects(() => fixture.receiver(shared), Error, "link-stopped");
});

Deno.test("link: works again when its creator gets the right back", async () => {
  await using fixture = await setUp();
  const shared = await fixture.share("docs");
  await fixture.setRules("/ read members\n");
  await assertRejects(() => fixture.receiver(shared), Error, "link-stopped");
  await fixture.setRules(MEMBERS_SHARE);
  using peer = await fixture.receiver(shared);
  await peer.get("docs/small.txt");
});

Deno.test("link: hides what its creator may read and not share, and what it may not read", async () => {
  for (const rule of ["docs/closed read members\n", "docs/closed share members\n"]) {
    await using fixture = await setUp(MEMBERS_SHARE + rule);
    using peer = await fixture.receiver(await fixture.share("docs"));
    for (const type of ["FGET", "STAT"]) {
      assertEquals(await refusalOf(peer, type, { path: "docs/closed/secret.txt" }), "not-found");
    }
    const { entries } = await peer.request("LIST", { path: "docs", recursive: true });
    const paths = (entries as { path: string }[]).map(({ path }) => path);
    assert(!paths.includes("docs/closed/secret.txt"), rule);
  }
});

Deno.test("link: follows no symbolic link out of what it shares, but one that it was made to", async () => {
  await using fixture = await setUp();
  const { root } = fixture.server;
  root.write("other/x.txt", "other");
  Deno.symlinkSync("../other", root.join("docs/way"));
  Deno.symlinkSync("other", root.join("latest"));
  using peer = await fixture.receiver(await fixture.share("docs"));
  assertEquals(await refusalOf(peer, "FGET", { path: "docs/way/x.txt" }), "not-found");
  using latest = await fixture.receiver(await fixture.share("latest"));
  await latest.get("latest/x.txt");
  Deno.removeSync(root.join("latest"));
  Deno.symlinkSync("docs", root.join("latest"));
  assertEquals(await refusalOf(latest, "FGET", { path: "latest/small.txt" }), "not-found");
});

Deno.test("link: gives what is at its path: a file in the place of another, nothing for none", async () => {
  await using fixture = await setUp();
  const { root } = fixture.server;
  using peer = await fixture.receiver(await fixture.share("docs/small.txt"));
  root.write("docs/small.txt", "another");
  const { bytes } = await peer.get("docs/small.txt");
  assertEquals(new TextDecoder().decode(bytes), "another");
  Deno.removeSync(root.join("docs/small.txt"));
  assertEquals(await refusalOf(peer, "FGET", { path: "docs/small.txt" }), "not-found");
});

Deno.test("link: a claim outlives a restart of the server, a broken download goes on by it", async () => {
  await using fixture = await setUp();
  const shared = await fixture.share("docs", { count: 1 });
  using peer = await fixture.receiver(shared, CLAIM);
  await beginHuge(peer);
  await fixture.server.server.stop(undefined, { graceMs: 0 });
  await using restarted = await startServer({ dataDirectory: fixture.data.path }, FILES);
  const again = new LinkServer(restarted, fixture.data);
  await assertRejects(() => again.receiver(shared, OTHER_CLAIM), Error, "link-used");
  using resumed = await again.receiver(shared, CLAIM);
  await resumed.get("docs/small.txt", { offset: 2, version: "other" });
});
