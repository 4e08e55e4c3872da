import { assertEquals, assertNotEquals } from "@std/assert";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { ScramServer } from "../../lib/accounts/scram_server.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { assertAuthFailed, logIn, thrownBy } from "../helpers/scram.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("MockVerifiers: return the same salt for a name, and another for each name", () => {
  using accounts = new TestAccounts();
  const { store } = accounts;
  const saltOf = (name: string) => store.credentialsOf(name).verifier.salt.toHex();
  assertEquals(saltOf("unknown"), saltOf("unknown"));
  assertEquals(saltOf("unknown"), saltOf("UnKnown")); // As an account would have
  const salts = Array.from({ length: 1_000 }, (_, i) => saltOf(`unknown${i}`));
  assertEquals(new Set(salts).size, 1_000);
});

Deno.test("MockVerifiers: survive a restart, and differ between databases", () => {
  using temp = new TempDir();
  const saltIn = (path: string) => {
    using accounts = new TestAccounts(temp.join(path));
    return accounts.store.credentialsOf("unknown").verifier.salt;
  };
  assertEquals(saltIn("a.db"), saltIn("a.db"));
  assertNotEquals(saltIn("a.db"), saltIn("b.db"));
});

Deno.test("MockVerifiers: give server-first the same shape as an account does", async () => {
  using accounts = new TestAccounts();
  const { store } = accounts;
  await store.add("ana", "x", "member");
  const shapeFor = (name: string) => {
    const server = new ScramServer((user) => store.credentialsOf(user).verifier);
    const message = server.handleFirst(`n,,n=${name},r=abc`);
    return message.replace(/=[\w+/]{22}==,/, "=SALT,").replace(/^r=abc[^,]{24},/, "r=NONCE,");
  };
  assertEquals(shapeFor("ana"), "r=NONCE,s=SALT,i=4096");
  for (const name of ["bob", "Ana_", "a=2Cb", "server", "guest-1", "田"]) {
    assertEquals(shapeFor(name), shapeFor("ana"));
  }
});

Deno.test("AccountStore.credentialsOf: has the same fields with and without an account", async () => {
  using accounts = new TestAccounts();
  const { store } = accounts;
  await store.add("ana", "x", "member");
  const [known, unknown] = [store.credentialsOf("ANA"), store.credentialsOf("bob")];
  assertEquals(known.account, store.find("ana"));
  assertEquals(unknown.account, null);
  for (const key of ["salt", "storedKey", "serverKey"] as const) {
    assertEquals(unknown.verifier[key].length, known.verifier[key].length);
  }
});

Deno.test("MockVerifiers: have another salt than an account of the same name", async () => {
  using accounts = new TestAccounts();
  const { store } = accounts;
  const before = store.credentialsOf("ana").verifier.salt;
  await store.add("ana", "x", "member");
  assertNotEquals(store.credentialsOf("ana").verifier.salt, before);
  store.remove("ana");
  assertEquals(store.credentialsOf("ana").verifier.salt, before);
});

Deno.test("MockVerifiers: fail every login like a wrong password", async () => {
  using accounts = new TestAccounts();
  const { store } = accounts;
  for (const name of ["bob", "'; DROP TABLE accounts; --", "x".repeat(1_000), "a,b=c"]) {
    const login = () =>
      logIn(name, new ScramPassword("x"), (user) => store.credentialsOf(user).verifier);
    assertAuthFailed(await thrownBy(login));
  }
});
