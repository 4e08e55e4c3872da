import { assertEquals } from "@std/assert";
import { AccountLookalikes } from "../../lib/accounts/account_lookalikes.ts";
import { TestAccounts } from "../helpers/accounts.ts";

Deno.test("AccountLookalikes.find: follows the accounts as they change", async () => {
  using accounts = new TestAccounts();
  const lookalikes = new AccountLookalikes(accounts.store);
  assertEquals(lookalikes.find("p\u0430ul"), null);
  await accounts.store.add("Paul", "correct horse", "member");
  for (const name of ["Paul", "p\u0430ul", "PauI"]) assertEquals(lookalikes.find(name), "Paul");
  assertEquals(lookalikes.find("Paula"), null);
  accounts.store.remove("Paul");
  assertEquals(lookalikes.find("paul"), null);
});
