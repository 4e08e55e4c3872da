/**
 * A child process that changes accounts as `user add` does beside a running server. The arguments
 * are the database and the steps: method names with their arguments, in JSON.
 *
 * @module
 */
import { AccountStore } from "../../lib/accounts/account_store.ts";
import { openDatabase } from "../../lib/files/database.ts";

const [path = "", ...steps] = Deno.args;
const database = openDatabase(path);
const store = new AccountStore(database);
for (const step of steps) {
  const [method, ...args] = JSON.parse(step);
  if (method === "add") await store.add(args[0], args[1], "member");
  if (method === "setPassword") await store.setPassword(args[0], args[1]);
  if (method === "remove") store.remove(args[0]);
}
database.close();
console.log(JSON.stringify({ event: "done" }));
