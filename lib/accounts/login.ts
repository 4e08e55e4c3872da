import { delay } from "@std/async/delay";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { AccountStore } from "./account_store.ts";
import type { Account } from "./account.ts";
import type { AttemptLimiter, LoginAttempt } from "./attempt_limiter.ts";
import { ScramServer } from "./scram_server.ts";

/** What all logins of a server share. */
export interface LoginServices {
  readonly store: AccountStore;
  readonly limiter: AttemptLimiter;
}

/** A login that went well. */
export interface LoginResult {
  readonly account: Account;
  /** For the client, to whom the server proves itself with it. */
  readonly serverFinal: string;
}

/** Between client-first and client-final. */
interface Exchange {
  readonly scram: ScramServer;
  /** As SCRAM sent it. */
  readonly user: string;
  /** `null`, where what is measured by is a decoy. */
  readonly account: Account | null;
}

/**
 * The logins of one connection, on the server: SCRAM, the accounts and the limits of attempts put
 * together. One step at a time.
 */
export class Login {
  readonly #services: LoginServices;
  readonly #address: string;
  #exchange: Exchange | null = null;
  #failures = 0;

  /** @param address of the peer */
  constructor(services: LoginServices, address: string) {
    this.#services = services;
    this.#address = address;
  }

  /** Whether the attempt that just failed was the last one: the connection is to be closed. */
  get isExhausted(): boolean {
    return this.#failures >= LIMITS.failedLogins && this.#exchange === null;
  }

  /**
   * Takes client-first, even where another login is under way, which has failed then, and returns
   * server-first.
   *
   * @throws {RequestError} `auth-failed`
   */
  start(clientFirst: string): string {
    this.#failures++; // Until it goes well
    this.#exchange = null;
    if (this.#failures > LIMITS.failedLogins) throw new RequestError("auth-failed");
    const scram: ScramServer = new ScramServer((user) => {
      const { account, verifier } = this.#services.store.credentialsOf(user);
      this.#exchange = { scram, user, account };
      return verifier;
    });
    return scram.handleFirst(clientFirst);
  }

  /**
   * Takes client-final. Where logins from there have failed, it waits, up to 30 s, before it looks
   * at it: the connection's own time-outs are to be patient meanwhile.
   *
   * @param signal ends the wait, when the connection is closed; its reason is thrown
   * @throws {RequestError} `auth-failed`; `rate-limited` `login-delayed`, where too many wait
   */
  async finish(clientFinal: string, signal?: AbortSignal): Promise<LoginResult> {
    const exchange = this.#exchange;
    this.#exchange = null;
    if (exchange === null) throw this.#outOfTurn();
    using attempt = this.#services.limiter.begin(this.#address, exchange.user);
    if (attempt === null) throw loginDelayed();
    if (attempt.waitMs > 0) await delay(attempt.waitMs, { signal });
    const result = this.#verify(exchange, clientFinal, attempt);
    this.#failures = 0;
    return result;
  }

  #verify({ scram, account }: Exchange, clientFinal: string, attempt: LoginAttempt): LoginResult {
    try {
      const serverFinal = scram.handleFinal(clientFinal);
      // It may have been removed, or got another password, since the login began
      if (account === null || !this.#services.store.isCurrent(account)) {
        throw new RequestError("auth-failed");
      }
      attempt.succeed();
      return { account, serverFinal };
    } catch (error) {
      attempt.fail();
      throw error;
    }
  }

  #outOfTurn(): RequestError {
    this.#failures++;
    return new RequestError("auth-failed");
  }
}

function loginDelayed(): RequestError {
  const detail = "Cannot look at this login: too many from there have failed";
  return new RequestError("rate-limited", detail, { reason: "login-delayed" });
}
