import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import type { AddedLink } from "../../lib/accounts/link_changes.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { NOW, StoredLinks } from "../helpers/stored_links.ts";

/** The reason, or else the code, that work is refused with. */
function refusalOf(work: () => unknown): string {
  const error = assertThrows(work, RequestError);
  return error.reason ?? error.code;
}

/** A link to be added by an id. */
function linkOf(id: string, more: Partial<AddedLink> = {}): AddedLink {
  const bytes = new Uint8Array(32);
  const verifier = { salt: bytes, iterations: 1, storedKey: bytes, serverKey: bytes };
  const rest = { path: "", truePath: "", count: null, sizeBytes: null, note: null };
  return { id, kind: "get", creator: null, lifeMs: LIMITS.linkMsMax, ...rest, verifier, ...more };
}

const FILE = { path: "inbox/a", sha256: "a".repeat(64) };

Deno.test("LinkChanges.add: refuses what is beyond the limit of an account, and of all", () => {
  using fixture = new StoredLinks();
  const { changes } = fixture;
  const alice = { name: "alice", createdMs: 5 };
  const add = (id: string, creator: AddedLink["creator"] = alice) =>
    changes.add(linkOf(id, { creator }), NOW);
  const insert = (count: number, creator: string, expiresMs: number) => {
    const statement = fixture.accounts.database.prepare(
      `INSERT INTO links VALUES (?, '', '', 'get', x'', 1, x'', x'', ?, 5, 1, ?, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
    );
    for (let i = 0; i < count; i++) statement.run(crypto.randomUUID(), creator, expiresMs);
  };
  insert(50, "alice", NOW); // They do not count: they have expired
  insert(LIMITS.linksPerAccount - 1, "alice", NOW + 1);
  add("first");
  assertEquals(refusalOf(() => add("refused")), "links-full");
  changes.revoke("first", NOW);
  add("second");
  insert(LIMITS.links - LIMITS.linksPerAccount - 1, "bob", NOW + 1);
  add("third", null);
  assertEquals(refusalOf(() => add("refused", null)), "links-full");
  assertEquals(refusalOf(() => fixture.store.checkRoom(null, NOW)), "links-full");
  fixture.store.checkRoom(null, NOW + 1);
});

Deno.test("LinkChanges.add: refuses an id that there is, and changes nothing then", () => {
  using fixture = new StoredLinks();
  const { changes } = fixture;
  changes.add(linkOf("same", { lifeMs: 1 }), NOW);
  const before = fixture.find("same");
  const muchLater = NOW + 2 * LIMITS.linkMemoryMs;
  assertEquals(refusalOf(() => changes.add(linkOf("same", { path: "x" }), muchLater)), "exists");
  assertEquals(fixture.store.list(), [before]);
});

Deno.test("LinkChanges.add: forgets links that ended long before", () => {
  using fixture = new StoredLinks();
  fixture.changes.add(linkOf("old", { lifeMs: 1 }), NOW);
  fixture.changes.add(linkOf("new"), NOW + LIMITS.linkMemoryMs);
  assertEquals(fixture.store.list().map(({ id }) => id), ["old", "new"]);
  fixture.changes.add(linkOf("newest"), NOW + LIMITS.linkMemoryMs + 1);
  assertEquals(fixture.store.list().map(({ id }) => id), ["new", "newest"]);
});

Deno.test("LinkChanges.take: gives each claim once, and no more than there are", async () => {
  using fixture = new StoredLinks();
  const { changes } = fixture;
  const id = await fixture.add();
  assertEquals(changes.take(id, "one", NOW), NOW + LIMITS.claimMs);
  assertEquals(changes.take(id, "one", NOW + 5), NOW + 5 + LIMITS.claimMs);
  assertEquals(fixture.find(id).left, 1);
  changes.take(id, "two", NOW);
  assertEquals(refusalOf(() => changes.take(id, "three", NOW)), "link-used");
  changes.take(id, "one", NOW + 10);
  assertEquals(fixture.find(id).left, 0);
});

Deno.test("LinkChanges.take: takes another one for a claim that has lapsed", async () => {
  using fixture = new StoredLinks();
  const { changes, store } = fixture;
  const id = await fixture.add();
  changes.take(id, "one", NOW);
  assert(store.isOpen(id, "one", NOW + LIMITS.claimMs - 1));
  assertFalse(store.isOpen(id, "one", NOW + LIMITS.claimMs));
  changes.take(id, "one", NOW + LIMITS.claimMs);
  assertEquals(fixture.find(id).left, 0);
  assertEquals(refusalOf(() => changes.take(id, "one", NOW + 2 * LIMITS.claimMs)), "link-used");
});

Deno.test("LinkChanges.take, checkFile: are refused once a link has ended, at the very millisecond", async () => {
  using fixture = new StoredLinks();
  const { changes } = fixture;
  const expiring = await fixture.add({ lifeMs: 1_000, kind: "put" });
  const revoked = await fixture.add({ kind: "put" });
  const uses = [
    (id: string, nowMs: number) => void changes.take(id, "one", nowMs),
    (id: string, nowMs: number) => changes.checkFile(id, 1, nowMs),
  ];
  for (const use of uses) {
    use(expiring, NOW + 999);
    assertEquals(refusalOf(() => use(expiring, NOW + 1_000)), "link-expired");
    use(revoked, NOW);
    assertEquals(refusalOf(() => use("unknown", NOW)), "link-revoked");
  }
  changes.revoke(revoked, NOW);
  assertEquals(refusalOf(() => changes.take(revoked, "1", NOW)), "link-revoked");
  assertEquals(refusalOf(() => changes.checkFile(revoked, 1, NOW)), "link-revoked");
});

Deno.test("LinkChanges.checkFile: takes the bytes that are left, and of a link without a size any", async () => {
  using fixture = new StoredLinks();
  const { changes } = fixture;
  const id = await fixture.add({ kind: "put", sizeBytes: 10 });
  const any = await fixture.add({ kind: "put" });
  changes.checkFile(id, 10, NOW);
  changes.spend(id, FILE, 4);
  changes.spend(any, FILE, 4);
  changes.checkFile(id, 6, NOW);
  const error = assertThrows(() => changes.checkFile(id, 7, NOW), RequestError);
  assertEquals([error.code, error.reason, error.limitBytes], ["too-large", "link-full", 6]);
  changes.checkFile(any, Number.MAX_SAFE_INTEGER, NOW);
  assertEquals([fixture.find(id), fixture.find(any)].map(({ bytesLeft }) => bytesLeft), [6, null]);
});

Deno.test("LinkChanges.sweep: forgets links a day after their end, not before", async () => {
  using fixture = new StoredLinks();
  const { changes, store } = fixture;
  const expired = await fixture.add({ lifeMs: 1_000 });
  const revoked = await fixture.add();
  const used = await fixture.add({ count: 1 });
  const live = await fixture.add({ lifeMs: LIMITS.linkMsMax });
  changes.revoke(revoked, NOW);
  changes.take(used, "one", NOW);
  const present = () => [expired, revoked, used, live].map((id) => store.find(id) !== null);
  changes.sweep(NOW + LIMITS.linkMemoryMs - 1);
  assertEquals(present(), [true, true, true, true]);
  changes.sweep(NOW + LIMITS.linkMemoryMs);
  assertEquals(present(), [true, false, false, true]);
  changes.sweep(NOW + LIMITS.linkMemoryMs + 1_000);
  assertEquals(present(), [false, false, false, true]);
});

Deno.test("LinkChanges.spend: remembers what has come as long as its link, and the last LIMITS.linkFiles files", async () => {
  using fixture = new StoredLinks();
  const { changes, store, accounts: { database } } = fixture;
  const id = await fixture.add({ kind: "put", lifeMs: 1_000 });
  const other = { ...FILE, path: "inbox/b" };
  const known = () => [FILE, other].map((file) => store.hasPut(id, file));
  changes.spend(id, FILE, 1);
  database.exec(`INSERT INTO link_files VALUES (${LIMITS.linkFiles - 2}, '', '')`);
  changes.spend(id, other, 1);
  assertEquals(known(), [true, true]);
  for (let again = 0; again < 3; again++) changes.spend(id, other, 1);
  changes.spend(id, { ...FILE, path: "inbox/c" }, 1);
  assertEquals(known(), [true, true]);
  changes.spend(id, { ...FILE, path: "inbox/d" }, 1);
  assertEquals(known(), [false, true]);
  changes.sweep(NOW + 1_000 + LIMITS.linkMemoryMs);
  assertEquals(known(), [false, false]);
});

Deno.test("LinkChanges.sweep: keeps a used link as long as a claim is open", async () => {
  using fixture = new StoredLinks();
  const { changes } = fixture;
  const id = await fixture.add({ count: 1, lifeMs: LIMITS.linkMsMax });
  changes.take(id, "one", NOW);
  changes.take(id, "one", NOW + LIMITS.claimMs - 1);
  const later = NOW + LIMITS.linkMemoryMs;
  refusalOf(() => changes.take(id, "two", later));
  for (let at = NOW; at <= later; at += LIMITS.claimMs / 2) changes.take(id, "one", at);
  changes.sweep(later);
  assert(fixture.store.find(id) !== null);
});

Deno.test("LinkChanges.sweep: keeps at most as many ended links as there may be others", () => {
  using fixture = new StoredLinks();
  const { store, accounts: { database } } = fixture;
  const statement = database.prepare(
    `INSERT INTO links VALUES (?, '', '', 'get', x'', 1, x'', x'', NULL, NULL, 1, ?, NULL, NULL, NULL, NULL, ?, NULL, NULL)`,
  );
  for (let i = 0; i <= LIMITS.links + 1; i++) statement.run(`id${i}`, NOW + 1, NOW - i);
  fixture.changes.sweep(NOW);
  assertEquals(store.list().length, LIMITS.links);
  assertEquals([store.find("id0") !== null, store.find(`id${LIMITS.links}`)], [true, null]);
});

Deno.test("LinkChanges.revoke: takes a link back once, and throws for an unknown one", async () => {
  using fixture = new StoredLinks();
  const id = await fixture.add();
  assertEquals(fixture.changes.revoke(id, NOW).revokedMs, NOW);
  assertEquals(fixture.changes.revoke(id, NOW + 5).revokedMs, NOW);
  const error = assertThrows(() => fixture.changes.revoke("aaaaaaaa", NOW), RequestError);
  assertEquals([error.code, error.reason], ["not-found", "link-unknown"]);
});
