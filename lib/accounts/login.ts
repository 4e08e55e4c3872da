import { delay } from "@std/async/delay";
import { RequestError } from "../protocol/errors.ts";
import { linkOfUser } from "../protocol/link_key.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Account } from "./account.ts";
import type { AccountStore } from "./account_store.ts";
import type { AttemptLimiter, LoginAttempt } from "./attempt_limiter.ts";
import type { Link } from "./link.ts";
import type { LinkStore } from "./link_store.ts";
import type { ScramVerifier } from "./scram_keys.ts";
import { mechanismsFor, SCRAM_MECHANISM } from "./scram_mechanisms.ts";
import { parseClientFirst } from "./scram_messages.ts";
import { ScramServer } from "./scram_server.ts";

/** The services that all logins of a server share. */
export interface LoginServices {
  readonly store: AccountStore;
  readonly links: LinkStore;
  readonly limiter: AttemptLimiter;
}

/** What a client logs in to: an account, or a link, which may have ended. */
export type LoginHolder =
  | { readonly kind: "account"; readonly account: Account }
  | { readonly kind: "link"; readonly link: Link };

/** The result of a successful login. */
export interface LoginResult {
  readonly holder: LoginHolder;
  /** server-final, which proves the server to the client. */
  readonly serverFinal: string;
}

/** A login between client-first and client-final. */
interface Exchange {
  readonly scram: ScramServer;
  /** The prepared user name. */
  readonly user: string;
  /** `null` if the verifier is a mock. */
  readonly holder: LoginHolder | null;
}

/** Whether client-first is of a login by a link, whether there is one or not. */
export function isOfLink(clientFirst: string): boolean {
  return linkOfUser(parseClientFirst(clientFirst)?.user ?? "") !== null;
}

/**
 * The server's side of the logins of a connection: SCRAM with accounts and attempt limits. One step
 * at a time.
 */
export class Login {
  readonly #services: LoginServices;
  readonly #address: string;
  readonly #endPoint: Uint8Array | null;
  #exchange: Exchange | null = null;
  #user: string | undefined;
  #failures = 0;

  /**
   * @param address of the peer
   * @param endPoint the `tls-server-end-point` of the connection; `null` where it has none
   */
  constructor(services: LoginServices, address: string, endPoint: Uint8Array | null = null) {
    this.#services = services;
    this.#address = address;
    this.#endPoint = endPoint;
  }

  /** The account that the last login was for, if it has come so far. */
  get user(): string | undefined {
    return this.#user;
  }

  /** Whether the login that just failed was the last allowed: the connection is to be closed. */
  get isExhausted(): boolean {
    return this.#failures >= LIMITS.failedLogins && this.#exchange === null;
  }

  /** The mechanisms of this connection, the best first. */
  get mechanisms(): readonly string[] {
    return mechanismsFor(this.#endPoint);
  }

  /**
   * Handles client-first and returns server-first. A login under way counts as failed.
   *
   * @param mechanism one of {@link mechanisms}
   * @throws {RequestError} `auth-failed`
   */
  start(clientFirst: string, mechanism: string = SCRAM_MECHANISM): string {
    this.#failures++; // Reset by a success
    this.#exchange = null;
    if (this.#failures > LIMITS.failedLogins) throw new RequestError("auth-failed");
    const scram: ScramServer = new ScramServer((user) => {
      this.#user = user;
      const { holder, verifier } = credentialsOf(this.#services, user);
      this.#exchange = { scram, user, holder };
      return verifier;
    }, { mechanism, endPoint: this.#endPoint });
    return scram.handleFirst(clientFirst);
  }

  /**
   * Handles client-final. After failed logins, it waits up to 30 s before checking the proof; the
   * connection's own time-outs have to allow for that.
   *
   * @param signal ends the wait when the connection closes; its reason is thrown
   * @throws {RequestError} `auth-failed`; `rate-limited` `login-delayed` if the wait would be too
   * long
   */
  async finish(clientFinal: string, signal?: AbortSignal): Promise<LoginResult> {
    const exchange = this.#exchange;
    this.#exchange = null;
    if (exchange === null) throw this.#unexpectedFinal();
    using attempt = this.#services.limiter.begin(this.#address, exchange.user);
    if (attempt === null) throw loginDelayed();
    if (attempt.waitMs > 0) await delay(attempt.waitMs, { signal });
    const result = this.#verify(exchange, clientFinal, attempt);
    this.#failures = 0;
    return result;
  }

  #verify({ scram, holder }: Exchange, clientFinal: string, attempt: LoginAttempt): LoginResult {
    try {
      const serverFinal = scram.handleFinal(clientFinal);
      if (holder === null || !isCurrent(this.#services, holder)) {
        throw new RequestError("auth-failed");
      }
      attempt.succeed();
      return { holder, serverFinal };
    } catch (error) {
      attempt.fail();
      throw attempt.looksRefused ? loginDelayed() : error;
    }
  }

  #unexpectedFinal(): RequestError {
    this.#failures++;
    return new RequestError("auth-failed");
  }
}

function loginDelayed(): RequestError {
  const detail = "Cannot look at this login: too many from there have failed";
  return new RequestError("rate-limited", detail, { reason: "login-delayed" });
}

/** Both tables are read for every user: the time that it takes does not tell which one has it. */
function credentialsOf(
  { store, links }: LoginServices,
  user: string,
): { readonly holder: LoginHolder | null; readonly verifier: ScramVerifier } {
  const { account, verifier } = store.credentialsOf(user);
  const found = links.credentialsOf(linkOfUser(user) ?? "");
  if (found !== null) {
    return { holder: { kind: "link", link: found.link }, verifier: found.verifier };
  }
  return { holder: account === null ? null : { kind: "account", account }, verifier };
}

/** It may have been removed or changed since client-first. */
function isCurrent({ store, links }: LoginServices, holder: LoginHolder): boolean {
  return holder.kind === "account"
    ? store.isCurrent(holder.account)
    : links.find(holder.link.id) !== null;
}
