import { assert, assertEquals } from "@std/assert";
import { LinkStore } from "../../lib/accounts/link_store.ts";
import { encodeVerifier } from "../../lib/cluster/account_entries.ts";
import type { LogEntry } from "../../lib/cluster/entry.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { linkOf } from "../helpers/link_entries.ts";
import { applyAt, Replica } from "../helpers/replica.ts";

const ID = "aaaaaaaa";

function claimOf(claim: string, link = ID): LogEntry {
  return { kind: "claim", link, claim };
}

function putOf(path: string, size: number, link: string | null = ID): LogEntry {
  const rest = { mtime: 5, sha256: "1".repeat(64), exec: false, replace: false, former: null };
  return { kind: "put", path, size, ...rest, link };
}

Deno.test("link: is made with all that its creator said, by the time of the log", () => {
  using replica = new Replica();
  const entry = linkOf(ID, { use: "put", count: 3, sizeBytes: 10, note: "for Bob" });
  const [outcome] = applyAt(replica, 1_000, entry) as [{ link: unknown }];
  const store = new LinkStore(replica.database);
  assertEquals(store.find(ID), {
    id: ID,
    kind: "put",
    path: "docs",
    truePath: "docs",
    creator: { name: "ana", createdMs: 5 },
    createdMs: 1_000,
    expiresMs: 61_000,
    count: 3,
    left: 3,
    sizeBytes: 10,
    bytesLeft: 10,
    note: "for Bob",
    revokedMs: null,
  });
  assertEquals(outcome.link, store.find(ID));
  assertEquals(encodeVerifier(store.credentialsOf(ID)!.verifier), entry.verifier);
  applyAt(replica, 1_001, linkOf("bbbbbbbb", { creator: null, count: null, path: "" }));
  assertEquals([store.find("bbbbbbbb")?.creator, store.find("bbbbbbbb")?.path], [null, ""]);
});

Deno.test("link: of two of one id, the second in the log is refused", () => {
  using replica = new Replica();
  const outcomes = applyAt(replica, 1, linkOf(ID), linkOf(ID, { path: "other" }));
  assertEquals(outcomes[1], "exists");
  assertEquals(new LinkStore(replica.database).list().map(({ path }) => path), ["docs"]);
});

Deno.test("link: forgets links that ended long ago by the time of the log, not by that of a server", () => {
  using replica = new Replica();
  const store = new LinkStore(replica.database);
  applyAt(replica, 1_000, linkOf(ID, { lifeMs: 1 }));
  applyAt(replica, 1_000 + LIMITS.linkMemoryMs, linkOf("bbbbbbbb"));
  assert(store.find(ID) !== null);
  applyAt(replica, 1_001 + LIMITS.linkMemoryMs, linkOf("22222222"));
  assertEquals(store.list().map(({ id }) => id), ["bbbbbbbb", "22222222"]);
});

Deno.test("claim: of two servers that give the last claim at once, the second in the log is refused", () => {
  using replica = new Replica();
  const outcomes = applyAt(
    replica,
    1_000,
    linkOf(ID, { count: 1 }),
    ...["one", "two", "one"].map((claim) => claimOf(claim)),
    claimOf("one", "bbbbbbbb"),
  );
  const untilMs = 1_000 + LIMITS.claimMs;
  assertEquals(outcomes.slice(1), [{ untilMs }, "link-used", { untilMs }, "link-revoked"]);
  assertEquals(new LinkStore(replica.database).find(ID)?.left, 0);
});

Deno.test("unlink: ends a link for the claims and files behind it in the log", () => {
  using replica = new Replica();
  applyAt(replica, 1_000, linkOf(ID, { use: "put", count: null, sizeBytes: 10 }));
  const outcomes = applyAt(
    replica,
    2_000,
    putOf("docs/before", 1),
    { kind: "unlink", link: ID },
    putOf("docs/behind", 1),
    claimOf("one"),
    { kind: "unlink", link: "bbbbbbbb" },
  );
  const { revokedMs, bytesLeft } = new LinkStore(replica.database).find(ID)!;
  assertEquals([outcomes[0], revokedMs, bytesLeft], [{ what: "made" }, 2_000, 9]);
  assertEquals(outcomes.slice(2), ["link-revoked", "link-revoked", "link-unknown"]);
});

Deno.test("put: takes no more bytes by a link than are left, and counts none that is refused", () => {
  using replica = new Replica();
  applyAt(replica, 1_000, linkOf(ID, { use: "put", sizeBytes: 10 }));
  const outcomes = applyAt(
    replica,
    1_001,
    putOf("docs/a", 6),
    putOf("docs/b", 5),
    { ...putOf("docs/a", 4), sha256: "2".repeat(64) } as LogEntry,
    putOf("docs/c", 100, null),
    putOf("docs/d", 4),
    putOf("docs/e", 1),
    putOf("docs/f", 0),
  );
  const made = { what: "made" };
  assertEquals(outcomes, [made, "link-full", "exists", made, made, "link-full", made]);
  const links = new LinkStore(replica.database);
  assertEquals(links.find(ID)?.bytesLeft, 0);
  const known = ["a", "b", "c", "d"].map((name) => {
    const { sha256, path } = putOf(`docs/${name}`, 1) as { sha256: string; path: string };
    return links.hasPut(ID, { path, sha256 });
  });
  assertEquals(known, [true, false, false, true]);
});

Deno.test("link, unlink, claim: are refused where they are malformed", () => {
  using replica = new Replica();
  const good = linkOf(ID);
  const wrong: readonly unknown[] = [
    { ...good, link: "AAAAAAAA" },
    { ...good, link: "aaaaaaa" },
    { ...good, use: "delete" },
    { ...good, path: "../x" },
    { ...good, truePath: "/etc" },
    { ...good, creator: { name: "ana" } },
    { ...good, lifeMs: 0 },
    { ...good, lifeMs: LIMITS.linkMsMax + 1 },
    { ...good, count: 0 },
    { ...good, sizeBytes: 0.5 },
    { ...good, note: 7 },
    { ...good, verifier: { ...good.verifier, storedKey: "" } },
    { kind: "unlink", link: "?" },
    { kind: "claim", link: ID },
    { kind: "claim", link: ID, claim: "x".repeat(LIMITS.claimCharactersMax + 1) },
    { kind: "claim", link: "", claim: "one" },
    { ...putOf("docs/x", 1), link: "x" },
  ];
  const outcomes = applyAt(replica, 1, ...wrong as LogEntry[]);
  assertEquals(new Set(outcomes.map((outcome) => typeof outcome)), new Set(["string"]));
  assertEquals(new LinkStore(replica.database).list(), []);
});
