import { assert, assertEquals, assertFalse, assertNotEquals } from "@std/assert";
import { AttemptLimiter } from "../../lib/accounts/attempt_limiter.ts";
import { LinkStore } from "../../lib/accounts/link_store.ts";
import { Login } from "../../lib/accounts/login.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { logInTo, TestAccounts } from "../helpers/accounts.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { assertAuthFailed, thrownBy } from "../helpers/scram.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Changes the accounts in another process. */
async function changeInChild(path: string, ...steps: unknown[][]): Promise<void> {
  const args = [path, ...steps.map((step) => JSON.stringify(step))];
  await using child = new ChildProcess("account_child.ts", args);
  await child.waitFor("done");
}

Deno.test("AccountStore: sees changes of another process at once", async () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  using accounts = new TestAccounts(path);
  const { store } = accounts;
  const links = new LinkStore(accounts.database);
  const limiter = new AttemptLimiter();
  const logIn = async (password: string) => {
    const login = new Login({ store, links, limiter }, "192.0.2.1");
    const { holder } = await logInTo(login, "ana", new ScramPassword(password));
    assert(holder.kind === "account");
    return holder.account;
  };

  const before = store.revision;
  await changeInChild(path, ["add", "ana", "first"]);
  assertNotEquals(store.revision, before);
  const account = await logIn("first");
  assert(store.isCurrent(account));

  await changeInChild(path, ["setPassword", "ana", "second"]);
  assertFalse(store.isCurrent(account));
  const second = await logIn("second");
  assertAuthFailed(await thrownBy(() => logIn("first")));

  await changeInChild(path, ["remove", "ana"]);
  assertFalse(store.isCurrent(second));
  assertEquals(store.list(), []);
});

Deno.test("AccountStore: is changed by many processes and connections at the same time", async () => {
  using temp = new TempDir();
  const path = temp.join("state.db");
  using accounts = new TestAccounts(path);
  const names = (prefix: string) => Array.from({ length: 10 }, (_, i) => `${prefix}${i}`);
  const adding = names("own").map((name) => accounts.store.add(name, "x", "member"));
  await Promise.all([
    ...adding,
    changeInChild(path, ...names("a").map((name) => ["add", name, "x"])),
    changeInChild(path, ...names("b").map((name) => ["add", name, "x"])),
  ]);
  assertEquals(accounts.store.list().length, 30);
  const revisions = accounts.store.list().map(({ revision }) => revision);
  assertEquals(new Set(revisions).size, 30);
});

Deno.test("AccountStore: has one secret when two stores create the settings", () => {
  using temp = new TempDir();
  using first = new TestAccounts(temp.join("state.db"));
  using second = new TestAccounts(temp.join("state.db"));
  const saltOf = ({ store }: TestAccounts) => store.credentialsOf("unknown").verifier.salt;
  assertEquals(saltOf(first), saltOf(second));
});
