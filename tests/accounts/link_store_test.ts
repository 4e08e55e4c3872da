import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { KeptBytes } from "../../lib/accounts/kept_bytes.ts";
import { linkEnd, makeLinkKey } from "../../lib/accounts/link.ts";
import { LinkStore } from "../../lib/accounts/link_store.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { formatLinkKey, linkOfUser, linkUser, parseLinkKey } from "../../lib/protocol/link_key.ts";
import { NOW, StoredLinks } from "../helpers/stored_links.ts";

const FILE = { path: "inbox/a", sha256: "a".repeat(64) };

Deno.test("makeLinkKey: makes an id and a secret that parseLinkKey reads, each time others", () => {
  const keys = Array.from({ length: 100 }, makeLinkKey);
  for (const key of keys) assertEquals(parseLinkKey(formatLinkKey(key)), key);
  assertEquals(new Set(keys.map(({ id }) => id)).size, 100);
  assertEquals(new Set(keys.map(({ secret }) => secret)).size, 100);
});

Deno.test("parseLinkKey: reads nothing but an id and a secret of the right lengths", () => {
  const { id, secret } = makeLinkKey();
  const wrong = [
    "",
    ".",
    id,
    secret,
    `${id}.`,
    `.${secret}`,
    `${id}.${secret}x`,
    `x${id}.${secret}`,
  ];
  wrong.push(
    `${id.toUpperCase()}.${secret}`,
    ` ${id}.${secret}`,
    `${id}.${secret}\n`,
    `${id}:${secret}`,
  );
  for (const text of wrong) assertEquals(parseLinkKey(text), null, text);
  fc.assert(fc.property(fc.string(), (text) => parseLinkKey(text) === null));
});

Deno.test("linkOfUser: is the inverse of linkUser, and null for any other name", () => {
  assertEquals(linkOfUser(linkUser("k7f3q2mx")), "k7f3q2mx");
  for (const user of ["", "link:", "k7f3q2mx", "link:K7F3Q2MX", "link:k7f3q2m", "link:k7f3q2mxx"]) {
    assertEquals(linkOfUser(user), null, user);
  }
});

Deno.test("linkEnd: tells what ended a link, at the very millisecond", () => {
  const link = { revokedMs: null, expiresMs: NOW, left: 1 };
  assertEquals(linkEnd(link, NOW - 1), null);
  assertEquals(linkEnd(link, NOW), "expired");
  assertEquals(linkEnd({ ...link, left: 0 }, NOW - 1), "used");
  assertEquals(linkEnd({ ...link, left: null }, NOW - 1), null);
  assertEquals(linkEnd({ ...link, left: 0, revokedMs: 1 }, NOW), "revoked");
});

Deno.test("LinkStore.reserve: gives no more bytes than are left, those of uploads under way included", async () => {
  using fixture = new StoredLinks();
  const { store: links } = fixture;
  const id = await fixture.add({ kind: "put", sizeBytes: 10 });
  const reserve = (bytes: number) => links.reserve(fixture.find(id), bytes);
  assertEquals(reserve(11), null);
  {
    using six = reserve(6);
    assertEquals(reserve(5), null);
    using four = reserve(4);
    assertEquals([six !== null, four !== null, reserve(1)], [true, true, null]);
    six?.spend(FILE);
    assertEquals(fixture.find(id).bytesLeft, 4);
  }
  assertEquals(reserve(5), null);
  using rest = reserve(4);
  rest?.spend(FILE);
  assertEquals([fixture.find(id).sizeBytes, fixture.find(id).bytesLeft], [10, 0]);
});

Deno.test("LinkStore.reserve: counts what is kept of an upload that broke off, until it goes on", async () => {
  using fixture = new StoredLinks();
  const { store: links } = fixture;
  const id = await fixture.add({ kind: "put", sizeBytes: 100_000 });
  const reserve = (bytes: number, part: string) => links.reserve(fixture.find(id), bytes, part);
  {
    using first = reserve(90_000, "one");
    first?.keep(60_000);
  }
  assertEquals(reserve(40_001, "two"), null);
  reserve(40_000, "two")?.[Symbol.dispose]();
  {
    using again = reserve(90_000, "one");
    again?.keep(0); // It was given up
  }
  using all = reserve(100_000, "two");
  assertEquals(all !== null, true);
});

Deno.test("KeptBytes: forgets a part when it is removed, and not before", () => {
  const kept = new KeptBytes();
  kept.set("link", "part", 10_000, 0);
  kept.set("link", "small", 1, 0);
  assertEquals(kept.sum("link", null, LIMITS.unfinishedUploadMs - 1), 14_096);
  assertEquals(kept.sum("link", "part", LIMITS.unfinishedUploadMs - 1), 4096);
  assertEquals(kept.sum("link", null, LIMITS.unfinishedUploadMs), 0);
  assertEquals(kept.sum("link", null, 0), 0);
});

Deno.test("LinkStore.reserve: reserves nothing twice once the bytes have come", async () => {
  using fixture = new StoredLinks();
  const id = await fixture.add({ kind: "put", sizeBytes: 10 });
  {
    using six = fixture.store.reserve(fixture.find(id), 6);
    six?.spend(FILE);
    six?.spend(FILE);
    using four = fixture.store.reserve(fixture.find(id), 4);
    assertEquals([four !== null, fixture.find(id).bytesLeft], [true, 4]);
  }
  using rest = fixture.store.reserve(fixture.find(id), 4);
  assertEquals(rest !== null, true);
});

Deno.test("LinkStore.reserve: leaves counting to the log where several servers share the links", async () => {
  using fixture = new StoredLinks();
  const id = await fixture.add({ kind: "put", sizeBytes: 10 });
  const links = new LinkStore(fixture.accounts.database, { isShared: true });
  using six = links.reserve(fixture.find(id), 6);
  assertEquals(links.reserve(fixture.find(id), 5), null);
  six?.spend(FILE);
  assertEquals(fixture.find(id).bytesLeft, 10);
  using all = links.reserve(fixture.find(id), 10);
  assertEquals(all !== null, true);
});

Deno.test("LinkStore.reserve: what several servers keep of uploads counts beside what has come", async () => {
  using fixture = new StoredLinks();
  const id = await fixture.add({ kind: "put", sizeBytes: 100_000 });
  const links = new LinkStore(fixture.accounts.database, { isShared: true });
  {
    using first = links.reserve(fixture.find(id), 60_000, "one");
    first?.keep(60_000);
  }
  const link = { ...fixture.find(id), bytesLeft: 40_000 }; // It has gone on elsewhere
  assertEquals(links.reserve(link, 40_001, "two"), null);
  {
    using all = links.reserve(link, 40_000, "two");
    assertEquals(all !== null, true);
  }
  assertEquals(links.reserve(fixture.find(id), 40_001, "two"), null);
});

Deno.test("LinkStore.settle: counts what has come of what was expected when a run died, once", async () => {
  using fixture = new StoredLinks();
  const { database } = fixture.accounts;
  const id = await fixture.add({ kind: "put", sizeBytes: 10 });
  const lost = { ...FILE, path: "inbox/lost" };
  fixture.store.reserve(fixture.find(id), 6)?.expect(FILE);
  fixture.store.reserve(fixture.find(id), 3)?.expect(lost);
  const next = new LinkStore(database);
  for (let run = 0; run < 2; run++) {
    await next.settle((path, bytes) => Promise.resolve(path === FILE.path && bytes === 6));
    const known = [FILE, lost].map((file) => next.hasPut(id, file));
    assertEquals([fixture.find(id).bytesLeft, ...known], [4, true, false]);
  }
});

Deno.test("LinkStore.reserve: forgets what was expected and has not come, but not that it came before", async () => {
  using fixture = new StoredLinks();
  const { store } = fixture;
  const id = await fixture.add({ kind: "put", sizeBytes: 10 });
  const tryOnce = (isStored: boolean) => {
    using room = store.reserve(fixture.find(id), 1);
    room?.expect(FILE);
    if (isStored) room?.spend(FILE);
    return room !== null;
  };
  assertEquals([tryOnce(false), store.hasPut(id, FILE)], [true, false]);
  assertEquals([tryOnce(true), tryOnce(false), store.hasPut(id, FILE)], [true, true, true]);
  await store.settle(() => Promise.resolve(true));
  assertEquals(fixture.find(id).bytesLeft, 9);
});

Deno.test("LinkStore.reserve: what cannot be stored is refused before a file gets its name, and stays reserved after", async () => {
  using fixture = new StoredLinks();
  const { store, accounts: { database } } = fixture;
  const id = await fixture.add({ kind: "put", sizeBytes: 10 });
  {
    using room = store.reserve(fixture.find(id), 6);
    room?.expect(FILE);
    database.exec("PRAGMA query_only = 1");
    room?.spend(FILE);
    using other = store.reserve(fixture.find(id), 1);
    const error = assertThrows(() => other?.expect({ ...FILE, path: "b" }), RequestError);
    assertEquals(error.code, "busy");
  }
  database.exec("PRAGMA query_only = 0");
  assertEquals(store.bytesLeft(fixture.find(id)), 4);
  const next = new LinkStore(database);
  await next.settle(() => Promise.resolve(true));
  assertEquals(next.bytesLeft(fixture.find(id)), 4);
});

Deno.test("LinkStore.settle: forgets what was expected where several servers share the links", async () => {
  using fixture = new StoredLinks();
  const { database } = fixture.accounts;
  const id = await fixture.add({ kind: "put", sizeBytes: 10 });
  fixture.store.reserve(fixture.find(id), 6)?.expect(FILE);
  await new LinkStore(database, { isShared: true }).settle(() => Promise.resolve(true));
  assertEquals(fixture.store.hasPut(id, FILE), false);
  await new LinkStore(database).settle(() => Promise.resolve(true));
  assertEquals(fixture.find(id).bytesLeft, 10);
});

Deno.test("LinkStore.hasPut: tells of no file that is only expected", async () => {
  using fixture = new StoredLinks();
  const id = await fixture.add({ kind: "put", sizeBytes: 10 });
  using room = fixture.store.reserve(fixture.find(id), 3);
  room?.expect(FILE);
  assertEquals(fixture.store.hasPut(id, FILE), false);
  room?.spend(FILE);
  assertEquals(fixture.store.hasPut(id, FILE), true);
});

for (const isStored of [true, false]) {
  const what = isStored ? "is stored" : "gets its name when the server dies";
  Deno.test(`LinkStore.reserve: an upload that is refused spoils no other of the same content, which ${what}`, async () => {
    using fixture = new StoredLinks();
    const { store, accounts: { database } } = fixture;
    const id = await fixture.add({ kind: "put", sizeBytes: 10 });
    const [refused, named, lost] = [1, 2, 3].map(() => store.reserve(fixture.find(id), 3));
    for (const room of [refused, named, lost]) room?.expect(FILE);
    if (isStored) named?.spend(FILE);
    refused?.[Symbol.dispose]();
    if (isStored) lost?.[Symbol.dispose]();
    await new LinkStore(database).settle(() => Promise.resolve(true));
    assertEquals([fixture.find(id).bytesLeft, store.hasPut(id, FILE)], [7, true]);
  });
}

Deno.test("LinkStore.together: where the end of the transaction fails, all bytes stay reserved", async () => {
  using fixture = new StoredLinks();
  const { store, accounts: { database } } = fixture;
  const id = await fixture.add({ kind: "put", sizeBytes: 10 });
  database.exec(`PRAGMA foreign_keys = ON; CREATE TABLE one (id INTEGER PRIMARY KEY);
    CREATE TABLE two (one INTEGER REFERENCES one (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TEMP TRIGGER fails AFTER INSERT ON link_files BEGIN INSERT INTO two VALUES (1); END`);
  {
    using room = store.reserve(fixture.find(id), 6);
    room?.expect(FILE);
    const error = assertThrows(() => store.together(() => room?.spend(FILE)), RequestError);
    assertEquals([error.code, store.bytesLeft(fixture.find(id))], ["busy", 4]);
  }
  assertEquals(store.bytesLeft(fixture.find(id)), 4);
  database.exec("DROP TRIGGER fails");
  await new LinkStore(database).settle(() => Promise.resolve(true));
  assertEquals([fixture.find(id).bytesLeft, store.hasPut(id, FILE)], [4, true]);
});
