import { AccountStore } from "../../lib/accounts/account_store.ts";
import type { Login, LoginResult } from "../../lib/accounts/login.ts";
import { ScramClient } from "../../lib/accounts/scram_client.ts";
import type { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

/** An account store with its own database, which disposal closes. */
export class TestAccounts implements Disposable {
  readonly database;
  readonly store: AccountStore;

  /** By default with the fewest iterations that clients accept. */
  constructor(path: string = IN_MEMORY, iterations: number = LIMITS.scramIterationsMin) {
    this.database = openDatabase(path);
    this.store = new AccountStore(this.database, { iterations });
  }

  [Symbol.dispose](): void {
    this.database.close();
  }
}

/** Logs in at a server's `Login` as a client does, and checks the server's proof. */
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
