import { AccountStore } from "../../lib/accounts/account_store.ts";
import { ScramClient } from "../../lib/accounts/scram_client.ts";
import type { ScramPassword } from "../../lib/accounts/scram_password.ts";
import type { Login, LoginResult } from "../../lib/accounts/login.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

/** Accounts over a database of their own, which is closed when the test is over. */
export class TestAccounts implements Disposable {
  readonly database;
  readonly store: AccountStore;

  /** With as few iterations as clients take. */
  constructor(path: string = IN_MEMORY, iterations: number = LIMITS.scramIterationsMin) {
    this.database = openDatabase(path);
    this.store = new AccountStore(this.database, { iterations });
  }

  [Symbol.dispose](): void {
    this.database.close();
  }
}

/** Logs in at a server's `Login` as a client would, and checks what the server proves. */
export async function logInTo(
  login: Login,
  user: string,
  password: ScramPassword,
  signal?: AbortSignal,
): Promise<LoginResult> {
  const client = new ScramClient(user, password);
  const clientFinal = await client.handleFirst(login.start(client.first));
  const result = await login.finish(clientFinal, signal);
  client.handleFinal(result.serverFinal);
  return result;
}
