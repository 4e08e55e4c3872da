import { assertEquals, assertFalse, assertMatch, assertRejects } from "@std/assert";
import { addByNewKey } from "../../lib/accounts/link_keeper.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { NOW, StoredLinks } from "../helpers/stored_links.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("LocalLinkKeeper.add: stores all but the secret", async () => {
  using fixture = new StoredLinks();
  const { link, secret } = await fixture.make({ note: "for Bob" });
  assertEquals(link, {
    id: link.id,
    kind: "get",
    path: "docs",
    truePath: "docs",
    creator: { name: "alice", createdMs: 5 },
    createdMs: NOW,
    expiresMs: NOW + LIMITS.linkMs,
    count: 2,
    left: 2,
    sizeBytes: null,
    bytesLeft: null,
    note: "for Bob",
    revokedMs: null,
  });
  assertEquals(fixture.find(link.id), link);
  assertMatch(secret, /^[\w-]{20}$/);
  const rows = fixture.accounts.database.prepare("SELECT * FROM links").all();
  assertFalse(JSON.stringify(rows).includes(secret));
});

Deno.test("LocalLinkKeeper.take: gives the last claim to one of two processes", async () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  using one = new StoredLinks(path);
  using other = new StoredLinks(path);
  const id = await one.add({ count: 1 });
  const taken = await Promise.allSettled([one.keeper.take(id, "1"), other.keeper.take(id, "2")]);
  assertEquals(taken.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  assertEquals(other.find(id).left, 0);
});

Deno.test("LocalLinkKeeper.revoke: tells those that listen, of what was taken back only", async () => {
  using fixture = new StoredLinks();
  const id = await fixture.add();
  let told = 0;
  const listening = fixture.keeper.onRevoke(() => told++);
  await assertRejects(() => fixture.keeper.revoke("aaaaaaaa"), RequestError);
  assertEquals(told, 0);
  assertEquals((await fixture.keeper.revoke(id)).revokedMs, NOW);
  assertEquals(told, 1);
  listening[Symbol.dispose]();
  await fixture.keeper.revoke(id);
  assertEquals(told, 1);
});

Deno.test("LocalLinkKeeper.sweep: forgets links that ended long ago", async () => {
  using fixture = new StoredLinks();
  await fixture.add({ lifeMs: 1_000 });
  fixture.nowMs += LIMITS.linkMemoryMs;
  fixture.keeper.sweep();
  assertEquals(fixture.store.list().length, 1);
  fixture.nowMs += 1_000;
  fixture.keeper.sweep();
  assertEquals(fixture.store.list(), []);
});

Deno.test("addByNewKey: takes another id and another secret where the first id is taken", async () => {
  using fixture = new StoredLinks();
  const ids: string[] = [];
  const { added, secret } = await addByNewKey(fixture.accounts.store, (id) => {
    ids.push(id);
    return ids.length < 3 ? Promise.reject(new RequestError("exists")) : Promise.resolve(id);
  });
  assertEquals([new Set(ids).size, added], [3, ids[2]!]);
  assertMatch(secret, /^[\w-]{20}$/);
  const busy = () => Promise.reject(new RequestError("busy"));
  const error = await assertRejects(() => addByNewKey(fixture.accounts.store, busy), RequestError);
  assertEquals(error.code, "busy");
});
