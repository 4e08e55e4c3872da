import { saltPassword } from "../../accounts/scram_keys.ts";
import { proveAccount } from "../../client/prove_account.ts";

/** What logins need, and guests do not: a page loads it with the first login. */
export const SCRAM = { proveAccount, saltPassword } as const;
