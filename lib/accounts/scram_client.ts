import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import {
  KEY_BYTES,
  makeNonce,
  makeProof,
  type ScramOptions,
  serverKeyOf,
  signAsServer,
} from "./scram_keys.ts";
import { SCRAM_MECHANISM, SCRAM_PLUS_MECHANISM } from "./scram_mechanisms.ts";
import {
  type BindingFlag,
  BOUND,
  encodeBinding,
  formatClientFinal,
  formatClientFirstBare,
  formatWithoutProof,
  parseServerFinal,
  parseServerFirst,
  type ServerFirst,
} from "./scram_messages.ts";

/** A password, as a login uses it. */
export interface SaltedPassword {
  /** SaltedPassword (RFC 5802, section 3). */
  salted(salt: Uint8Array, iterations: number): Promise<Uint8Array>;
}

/** How a login is bound to its connection. */
export interface ScramBinding {
  readonly mechanism: typeof SCRAM_MECHANISM | typeof SCRAM_PLUS_MECHANISM;
  readonly flag: BindingFlag;
  /** `null` unless the flag is that of `tls-server-end-point`. */
  readonly endPoint: Uint8Array | null;
}

/** The binding of a client that cannot bind. */
const UNBOUND: ScramBinding = { mechanism: SCRAM_MECHANISM, flag: "n", endPoint: null };

/**
 * The strongest binding to a connection that the server offers. A client that could bind says so
 * where it does not: a server whose offer was taken away on the way refuses that login.
 *
 * @param mechanisms those that the server offers
 * @param endPoint of the connection, as the socket tells it
 */
export function chooseBinding(
  mechanisms: readonly string[],
  endPoint: Uint8Array | null | undefined,
): ScramBinding {
  if (endPoint === undefined) return UNBOUND;
  if (endPoint === null || !mechanisms.includes(SCRAM_PLUS_MECHANISM)) {
    return { ...UNBOUND, flag: "y" };
  }
  return { mechanism: SCRAM_PLUS_MECHANISM, flag: BOUND, endPoint };
}

/**
 * The client's side of a login by SCRAM-SHA-256, with or without channel binding (RFC 5802, RFC 7677).
 *
 * Send {@link first}; answer server-first with the result of {@link handleFirst}; the login has
 * succeeded when {@link handleFinal} returns. Messages are the texts of the RFC; the caller wraps
 * them for the wire. Any wrong message of the server, whether garbage, an attack, or from a server
 * without the account, is the same {@link RequestError} `auth-failed` `login-unproven`. The object
 * cannot be used after an error.
 */
export class ScramClient {
  readonly #password: SaltedPassword;
  readonly #binding: ScramBinding;
  readonly #nonce: string;
  readonly #bare: string;
  /** The signature expected in server-final. */
  #expected: Uint8Array | null = null;
  #step: "first" | "final" | "over" = "first";

  /** @param user as `prepareUser` returns it */
  constructor(
    user: string,
    password: SaltedPassword,
    { nonce = makeNonce(), binding = UNBOUND }: ScramOptions & { binding?: ScramBinding } = {},
  ) {
    this.#password = password;
    this.#binding = binding;
    this.#nonce = nonce;
    this.#bare = formatClientFirstBare(user, nonce);
  }

  /** The message client-first. */
  get first(): string {
    return this.#header + this.#bare;
  }

  /**
   * Handles server-first and returns client-final.
   *
   * @throws {RequestError} `auth-failed`
   */
  async handleFirst(serverFirst: string): Promise<string> {
    const step = this.#endStep();
    const offer = parseServerFirst(serverFirst);
    if (step !== "first" || offer === null) throw unproven("its first message is malformed");
    this.#checkOffer(offer);
    const salted = await this.#password.salted(offer.salt, offer.iterations);
    const binding = encodeBinding(this.#header, this.#binding.endPoint);
    const withoutProof = formatWithoutProof(binding, offer.nonce);
    const authMessage = `${this.#bare},${serverFirst},${withoutProof}`;
    this.#expected = signAsServer(serverKeyOf(salted), authMessage);
    this.#step = "final";
    return formatClientFinal(withoutProof, makeProof(salted, authMessage));
  }

  /**
   * Handles server-final; returning means that the server is proven.
   *
   * @throws {RequestError} `auth-failed`
   */
  handleFinal(serverFinal: string): void {
    const step = this.#endStep();
    const signature = parseServerFinal(serverFinal);
    if (step !== "final" || signature?.length !== KEY_BYTES || this.#expected === null) {
      throw unproven("its last message is malformed");
    }
    if (!timingSafeEqual(signature, this.#expected)) throw unproven("its signature is wrong");
  }

  get #header(): string {
    return `${this.#binding.flag},,`;
  }

  /** The nonce has to extend ours (RFC 5802, section 5.1); the iterations have limits. */
  #checkOffer({ nonce, iterations }: ServerFirst): void {
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce) {
      throw unproven("its nonce does not extend the client's");
    }
    if (iterations < LIMITS.scramIterationsMin || iterations > LIMITS.scramIterationsMax) {
      const range = `${LIMITS.scramIterationsMin} to ${LIMITS.scramIterationsMax}`;
      throw unproven(`it asks for ${iterations} iterations, which are not ${range}`);
    }
  }

  /** Ends the step before it can fail: no step can be tried again. */
  #endStep(): "first" | "final" | "over" {
    const step = this.#step;
    this.#step = "over";
    return step;
  }
}

function unproven(detail: string): RequestError {
  const message = `Cannot trust the server with this login: ${detail}`;
  return new RequestError("auth-failed", message, { reason: "login-unproven" });
}
