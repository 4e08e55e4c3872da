import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { LocalLinkKeeper } from "../../lib/accounts/link_keeper.ts";
import { LinkStore } from "../../lib/accounts/link_store.ts";
import { RuleSet } from "../../lib/accounts/rule_set.ts";
import { Bans } from "../../lib/chat/bans.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { LinkAccess, type LinkServices } from "../../lib/server/context/link_access.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { CLAIM, OTHER_CLAIM } from "../helpers/links.ts";

/** Ahead of the real clock: by that one a transfer may take its claim anew as it ends. */
const NOW = Date.now() + 60 * 60_000;

/** Keeps links by a clock that the test sets. */
class TestKeeper extends LocalLinkKeeper {
  nowMs = NOW;
  taken = 0;
  /** Done between a claim and the answer, as what another server does. */
  meanwhile = async () => {};

  constructor({ database, store }: TestAccounts) {
    super(database, store, () => this.nowMs);
  }

  override async take(id: string, claim: string): Promise<number> {
    this.taken++;
    const untilMs = await super.take(id, claim);
    await this.meanwhile();
    return untilMs;
  }
}

/** A link of the server's machine, and what its clients may do. */
async function setUp(count: number | null = 1, sizeBytes: number | null = null) {
  const accounts = new TestAccounts();
  const links = new LinkStore(accounts.database);
  const linkKeeper = new TestKeeper(accounts);
  const none = () => Promise.resolve(RuleSet.EMPTY);
  const services: LinkServices = {
    links,
    linkKeeper,
    accounts: accounts.store,
    bans: new Bans(accounts.database, () => {}),
    rules: { rules: RuleSet.EMPTY, current: none, reload: none },
  };
  const { link } = await linkKeeper.add({
    ...{ kind: "get", path: "docs", truePath: "docs", creator: null },
    ...{ lifeMs: LIMITS.linkMsMax, count, sizeBytes, note: null },
  });
  return {
    links,
    keeper: linkKeeper,
    id: link.id,
    access: (claim: string) => new LinkAccess(services, link, claim),
    begin: (access: LinkAccess, nowMs: number) => access.begin(linkKeeper.nowMs = nowMs),
    renew: (access: LinkAccess, nowMs: number) => access.renew(linkKeeper.nowMs = nowMs),
    [Symbol.dispose]: () => accounts[Symbol.dispose](),
  };
}

function assertRefused(work: () => unknown, reason: string): void {
  const error = assertThrows(work, RequestError);
  assertEquals([error.code, error.reason], ["denied", reason]);
}

async function assertNotBegun(beginning: Promise<Disposable>, reason: string): Promise<void> {
  const error = await assertRejects(() => beginning, RequestError);
  assertEquals([error.code, error.reason], ["denied", reason]);
}

const FILE = { path: "inbox/a", sha256: "a".repeat(64) };

Deno.test("LinkAccess.begin: takes one claim for transfers that follow each other within an hour", async () => {
  using fixture = await setUp(2);
  const access = fixture.access(CLAIM);
  for (const laterMs of [0, 1, LIMITS.claimMs - 1]) {
    (await fixture.begin(access, NOW + laterMs))[Symbol.dispose]();
    assertEquals(fixture.links.find(fixture.id)!.left, 1);
  }
  (await fixture.begin(access, NOW + LIMITS.claimMs))[Symbol.dispose]();
  assertEquals(fixture.links.find(fixture.id)!.left, 0);
});

Deno.test("LinkAccess.begin: takes the claim once for transfers that begin at once", async () => {
  using fixture = await setUp(2);
  const access = fixture.access(CLAIM);
  const begun = await Promise.all([1, 2, 3].map(() => fixture.begin(access, NOW)));
  assertEquals([fixture.keeper.taken, fixture.links.find(fixture.id)!.left], [1, 1]);
  for (const transfer of begun) transfer[Symbol.dispose]();
});

Deno.test("LinkAccess.begin: takes no claims by a link without a count", async () => {
  using fixture = await setUp(null);
  for (const claim of [CLAIM, OTHER_CLAIM]) {
    (await fixture.begin(fixture.access(claim), NOW))[Symbol.dispose]();
  }
  assertEquals(fixture.links.find(fixture.id)!.left, null);
  assertFalse(fixture.links.isOpen(fixture.id, CLAIM, NOW));
});

Deno.test("LinkAccess.begin: refuses a link that is taken back while the claim is taken", async () => {
  using fixture = await setUp();
  const access = fixture.access(CLAIM);
  fixture.keeper.meanwhile = async () => void await fixture.keeper.revoke(fixture.id);
  await assertNotBegun(fixture.begin(access, NOW), "link-revoked");
});

Deno.test("LinkAccess.begin: refuses what another server has taken, and tries again with the next", async () => {
  using fixture = await setUp();
  const access = fixture.access(CLAIM);
  fixture.keeper.meanwhile = () => Promise.reject(new RequestError("busy"));
  const error = await assertRejects(() => fixture.begin(access, NOW), RequestError);
  assertEquals(error.code, "busy");
  fixture.keeper.meanwhile = async () => {};
  (await fixture.begin(access, NOW))[Symbol.dispose]();
  assertEquals(fixture.keeper.taken, 2);
});

Deno.test("LinkAccess.beginClaimed: begins at once by a claim that is open, and takes none", async () => {
  using fixture = await setUp();
  const access = fixture.access(CLAIM);
  assertEquals(access.beginClaimed(NOW), null);
  (await fixture.begin(access, NOW))[Symbol.dispose]();
  access.beginClaimed(NOW + LIMITS.claimMs - 1)![Symbol.dispose]();
  assertRefused(() => access.beginClaimed(NOW + LIMITS.claimMs), "link-used");
  assertEquals(fixture.keeper.taken, 1);
});

Deno.test("LinkAccess.renew: keeps the claim of a long transfer open, and of no other", async () => {
  using fixture = await setUp();
  const access = fixture.access(CLAIM);
  const transfer = await fixture.begin(access, NOW);
  let nowMs = NOW;
  for (; nowMs < NOW + 3 * LIMITS.claimMs; nowMs += LIMITS.claimMs / 2) {
    await fixture.renew(access, nowMs);
  }
  assert(fixture.links.isOpen(fixture.id, CLAIM, nowMs));
  (await fixture.begin(access, nowMs))[Symbol.dispose](); // Another one beside it
  await fixture.renew(access, nowMs);
  transfer[Symbol.dispose]();
  const lapsedMs = nowMs + LIMITS.claimMs;
  await fixture.renew(access, lapsedMs - 1); // None is under way
  assertFalse(fixture.links.isOpen(fixture.id, CLAIM, lapsedMs));
  await assertNotBegun(fixture.begin(access, lapsedMs), "link-used");
});

Deno.test("LinkAccess.renew: takes a claim once a minute, also where the clock of the log is late", async () => {
  using fixture = await setUp();
  const access = fixture.access(CLAIM);
  fixture.keeper.nowMs = NOW - 10 * 60_000;
  using _ = await access.begin(NOW);
  const taken: number[] = [];
  for (const laterMs of [0, 1_000, 59_999, 60_000, 60_001, 119_999, 120_000]) {
    await access.renew(NOW + laterMs);
    taken.push(fixture.keeper.taken);
  }
  assertEquals(taken, [1, 1, 1, 2, 2, 2, 3]);
});

Deno.test("LinkAccess.renew: never rejects", async () => {
  using fixture = await setUp();
  const access = fixture.access(CLAIM);
  const transfer = await fixture.begin(access, NOW);
  fixture.keeper.meanwhile = () => Promise.reject(new Error("closed"));
  await fixture.renew(access, NOW + LIMITS.claimMs - 1);
  assertEquals(fixture.keeper.taken, 2);
  transfer[Symbol.dispose]();
});

Deno.test("LinkAccess.check: refuses a link once all its claims are taken by others", async () => {
  using fixture = await setUp();
  const [one, other] = [fixture.access(CLAIM), fixture.access(OTHER_CLAIM)];
  other.check(NOW);
  (await fixture.begin(one, NOW))[Symbol.dispose]();
  one.check(NOW + LIMITS.claimMs - 1);
  assertRefused(() => other.check(NOW), "link-used");
  assertRefused(() => one.check(NOW + LIMITS.claimMs), "link-used");
});

Deno.test("LinkAccess.check: refuses a link from the millisecond of its end on", async () => {
  using fixture = await setUp();
  const access = fixture.access(CLAIM);
  access.check(NOW + LIMITS.linkMsMax - 1);
  assertRefused(() => access.check(NOW + LIMITS.linkMsMax), "link-expired");
});

Deno.test("LinkAccess.reserve: leaves what others have not spent since the last check", async () => {
  using fixture = await setUp(null, 10);
  const [one, other] = [fixture.access(CLAIM), fixture.access(OTHER_CLAIM)];
  one.reserve(6)?.spend(FILE);
  const error = assertThrows(() => other.reserve(5), RequestError);
  assertEquals([error.reason, error.limitBytes], ["link-full", 4]);
  other.reserve(4)?.spend(FILE);
  assertEquals(fixture.links.find(fixture.id)!.bytesLeft, 0);
});

Deno.test("LinkAccess: follows the rules for admins where it was made on the server's machine", async () => {
  using fixture = await setUp();
  const access = fixture.access(CLAIM);
  assert(access.mayRead("docs/a") && access.mayList("docs"));
  assertFalse(access.mayRead("other") || access.mayList("") || access.mayWrite("docs/a"));
});
