import {
  assert,
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { AccountStore } from "../../lib/accounts/account_store.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { assertAuthFailed, logIn, thrownBy } from "../helpers/scram.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** The code and the reason of a refusal. */
async function errorOf(work: () => unknown): Promise<string> {
  const error = await thrownBy(work);
  assert(error instanceof RequestError, String(error));
  return `${error.code} ${error.reason}`;
}

/** Whether the password belongs to the account. */
async function matches(store: AccountStore, name: string, password: string): Promise<boolean> {
  try {
    await logIn(name, new ScramPassword(password), (user) => store.credentialsOf(user).verifier);
    return true;
  } catch (error) {
    assertAuthFailed(error);
    return false;
  }
}

Deno.test("AccountStore: finds an account by name in any case, with its password", async () => {
  using accounts = new TestAccounts();
  const { store } = accounts;
  const before = Date.now();
  const account = await store.add("José", "pencil", "member");
  assertEquals([account.name, account.role], ["José", "member"]);
  assertEquals(account.rights, new Set(["read", "write", "delete", "chat"]));
  assert(account.createdMs >= before && account.createdMs <= Date.now());
  for (const name of ["José", "JOSÉ", "jose\u0301"]) {
    assertEquals(store.find(name), account);
    assert(await matches(store, name, "pencil"));
    assertFalse(await matches(store, name, "Pencil"));
  }
  for (const name of ["jose", "", "josé ", "server"]) assertEquals(store.find(name), null);
});

Deno.test("AccountStore.add: keeps the role and the rights", async () => {
  using accounts = new TestAccounts();
  const { store } = accounts;
  await store.add("a", "x", "admin");
  await store.add("b", "x", "admin", new Set(["read"]));
  await store.add("c", "x", "member", new Set(["read"]));
  await store.add("d", "x", "member", new Set());
  const all = ["read", "write", "delete", "chat", "share", "admin"];
  assertEquals(store.list().map(({ rights }) => [...rights]), [all, all, ["read"], []]);
  assertEquals(store.list().map(({ role }) => role), ["admin", "admin", "member", "member"]);
});

Deno.test("AccountStore.list: sorts by name", async () => {
  using accounts = new TestAccounts();
  for (const name of ["b", "C", "a", "é"]) await accounts.store.add(name, "x", "member");
  assertEquals(accounts.store.list().map(({ name }) => name), ["a", "b", "C", "é"]);
});

Deno.test("AccountStore.add: refuses a second account of a name in any case", async () => {
  using accounts = new TestAccounts();
  const { store } = accounts;
  const account = await store.add("Ana", "first", "member");
  const { revision } = store;
  for (const name of ["Ana", "ana", "ＡＮＡ"]) {
    assertEquals(await errorOf(() => store.add(name, "x", "admin")), "exists account-exists");
  }
  assertEquals(store.list(), [account]);
  assertEquals(store.revision, revision);
  assert(await matches(store, "ana", "first"));
  const both = await Promise.allSettled(
    ["bob", "BOB"].map((name) => store.add(name, name, "member")),
  );
  assertEquals(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
});

Deno.test("AccountStore.add: refuses names and passwords that are not allowed", async () => {
  using accounts = new TestAccounts();
  const { store } = accounts;
  const add = (name: string, password: string) =>
    errorOf(() => store.add(name, password, "member"));
  assertEquals(await add("a b", "x"), "bad-request account-name");
  assertEquals(await add("Server", "x"), "denied account-reserved");
  assertEquals(await add("guest-1", "x"), "denied account-reserved");
  assertEquals(await add("a", ""), "bad-request password-empty");
  assertEquals(await add("a", "\u00ad"), "bad-request password-empty");
  assertEquals(await add("a", "😀"), "bad-request password-character");
  const maximum = LIMITS.passwordBytes;
  assertEquals(await add("a", "x".repeat(maximum + 1)), "bad-request password-long");
  assertEquals(store.list(), []);
  for (const length of [1, maximum - 1, maximum]) {
    await store.add(`a${length}`, "x".repeat(length), "member");
    assert(await matches(store, `a${length}`, "x".repeat(length)));
  }
});

Deno.test("AccountStore.setPassword: replaces the password", async () => {
  using accounts = new TestAccounts();
  const { store } = accounts;
  const { revision, ...account } = await store.add("ana", "old", "admin");
  const old = store.credentialsOf("ana").verifier;
  const changed = await store.setPassword("ANA", "new");
  assertEquals({ ...changed, revision: 0 }, { ...account, revision: 0 });
  assertNotEquals(changed.revision, revision);
  assert(await matches(store, "ana", "new"));
  assertFalse(await matches(store, "ana", "old"));
  assertNotEquals(store.credentialsOf("ana").verifier.salt, old.salt);
  assertEquals(await errorOf(() => store.setPassword("ana", "")), "bad-request password-empty");
  assertEquals(await errorOf(() => store.setPassword("bob", "x")), "not-found account-unknown");
  assert(await matches(store, "ana", "new"));
});

Deno.test("AccountStore.remove: removes an account, which can be added again", async () => {
  using accounts = new TestAccounts();
  const { store } = accounts;
  const account = await store.add("Ana", "x", "member");
  assertEquals(await errorOf(() => store.remove("bob")), "not-found account-unknown");
  assertEquals(store.remove("ana"), account);
  assertEquals([store.find("Ana"), store.list()], [null, []]);
  assertFalse(await matches(store, "Ana", "x"));
  assertEquals(await errorOf(() => store.remove("ana")), "not-found account-unknown");
  const again = await store.add("Ana", "x", "member");
  assertFalse(store.isCurrent(account));
  assert(store.isCurrent(again));
});

Deno.test("AccountStore: revision differs after every change, isCurrent tells the account", async () => {
  using accounts = new TestAccounts();
  const { store } = accounts;
  const revisions = [store.revision];
  const ana = await store.add("ana", "x", "member");
  revisions.push(store.revision);
  const bob = await store.add("bob", "x", "member");
  revisions.push(store.revision);
  const changed = await store.setPassword("bob", "y");
  revisions.push(store.revision);
  assertEquals([store.isCurrent(ana), store.isCurrent(bob)], [true, false]);
  assert(store.isCurrent(changed));
  store.remove("bob");
  revisions.push(store.revision);
  assertFalse(store.isCurrent(changed));
  assertEquals(new Set(revisions).size, revisions.length);
  assertEquals(store.revision, revisions.at(-1));
});

Deno.test("AccountStore: stores a verifier with its own salt, never the password", async () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  {
    using accounts = new TestAccounts(path);
    await accounts.store.add("ana", "a-very-secret-word", "member");
    await accounts.store.add("bob", "a-very-secret-word", "member");
    const [ana, bob] = ["ana", "bob"].map((name) => accounts.store.credentialsOf(name).verifier);
    assertNotEquals(ana!.salt, bob!.salt);
    assertNotEquals(ana!.storedKey, bob!.storedKey);
    assertEquals([ana!.salt.length, ana!.storedKey.length, ana!.serverKey.length], [16, 32, 32]);
    assertNotEquals(ana!.storedKey, ana!.serverKey);
  }
  for (const name of temp.list()) {
    const text = new TextDecoder("latin1").decode(Deno.readFileSync(temp.join(name)));
    assertFalse(text.includes("a-very-secret-word"));
  }
});

Deno.test("AccountStore: uses 16,384 iterations by default, the same for all accounts", async () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  const first = openDatabase(path);
  const store = new AccountStore(first);
  assertEquals(store.credentialsOf("unknown").verifier.iterations, 16_384);
  await store.add("ana", "x", "member");
  assertEquals(store.credentialsOf("ana").verifier.iterations, 16_384);
  first.close();
  using other = new TestAccounts(path, 5_000);
  await other.store.add("bob", "x", "member");
  for (const name of ["ana", "bob", "unknown"]) {
    assertEquals(other.store.credentialsOf(name).verifier.iterations, 16_384);
  }
});

Deno.test("AccountStore: makes no partial change when the database fails", async () => {
  using accounts = new TestAccounts();
  const { store, database } = accounts;
  const ana = await store.add("ana", "x", "member");
  const { revision } = store;
  database.exec(
    "CREATE TRIGGER full BEFORE INSERT ON accounts BEGIN SELECT RAISE(FAIL, 'full'); END",
  );
  await assertRejects(() => store.add("bob", "x", "member"), Error, "full");
  assertEquals([store.list(), store.revision], [[ana], revision]);
  store.remove("ana"); // No transaction was left open
});

Deno.test("AccountStore: throws for a damaged database", () => {
  const database = openDatabase(IN_MEMORY);
  database.exec("INSERT INTO account_settings VALUES (1, 'text', 1, 0)");
  assertThrows(() => new AccountStore(database), Error, "damaged");
  database.close();
});
