import { RequestError } from "../protocol/errors.ts";
import { prepareUser } from "./prepare.ts";
import {
  isProof,
  KEY_BYTES,
  makeNonce,
  type ScramOptions,
  type ScramVerifier,
  signAsServer,
} from "./scram_keys.ts";
import { SCRAM_MECHANISM, SCRAM_PLUS_MECHANISM } from "./scram_mechanisms.ts";
import {
  BOUND,
  type ClientFinal,
  type ClientFirst,
  encodeBinding,
  formatServerFinal,
  formatServerFirst,
  parseClientFinal,
  parseClientFirst,
} from "./scram_messages.ts";

/** Options of a {@link ScramServer}. */
export interface ScramServerOptions extends ScramOptions {
  /** The mechanism that the client names. Default: the one without channel binding. */
  readonly mechanism?: string;
  /** The `tls-server-end-point` of the connection; `null`, the default, where it has none. */
  readonly endPoint?: Uint8Array | null;
}

/** The values that server-first commits the server to. */
interface Offer {
  readonly binding: string;
  readonly nonce: string;
  readonly verifier: ScramVerifier;
  /** client-first-message-bare and server-first, each followed by a comma. */
  readonly authMessagePrefix: string;
}

/**
 * The server's side of a login by SCRAM-SHA-256, with or without channel binding (RFC 5802, RFC 7677).
 *
 * Messages are the texts of the RFC; the caller unwraps them from the wire. Any error in a message,
 * the order, the user or the password is the same {@link RequestError} `auth-failed` with the
 * default text; a login that was bound to another connection, or that was kept from being bound, has
 * the reason `login-relayed`. The object cannot be used after an error. A missing user must not be observable
 * either, so `verifierOf` returns a mock for it.
 */
export class ScramServer {
  readonly #verifierOf: (user: string) => ScramVerifier;
  readonly #nonce: string;
  readonly #mechanism: string;
  readonly #endPoint: Uint8Array | null;
  #offer: Offer | null = null;
  #isFresh = true;

  /**
   * @param verifierOf gets the prepared user name (RFC 5802, section 5.1). It must return a
   * verifier for every name, in the same time; without such a user, a verifier that no password
   * matches. Its errors are rethrown.
   */
  constructor(
    verifierOf: (user: string) => ScramVerifier,
    options: ScramServerOptions = {},
  ) {
    const { nonce = makeNonce(), mechanism = SCRAM_MECHANISM, endPoint = null } = options;
    this.#verifierOf = verifierOf;
    this.#nonce = nonce;
    this.#mechanism = mechanism;
    this.#endPoint = endPoint;
  }

  /**
   * Handles client-first and returns server-first.
   *
   * @throws {RequestError} `auth-failed`
   */
  handleFirst(clientFirst: string): string {
    const isFresh = this.#isFresh;
    this.#isFresh = false;
    const message = isFresh ? parseClientFirst(clientFirst) : null;
    const user = message === null ? null : prepareUser(message.user);
    if (message === null || user === null || !actsForItself(message)) throw authFailed();
    const isBound = message.flag === BOUND;
    if (isBound !== (this.#mechanism === SCRAM_PLUS_MECHANISM)) throw authFailed();
    if (isBound && this.#endPoint === null) throw authFailed();
    // The client did not see the offer, which every connection with an end point makes
    if (message.flag === "y" && this.#endPoint !== null) throw relayed();
    const verifier = this.#verifierOf(user);
    const nonce = message.nonce + this.#nonce;
    const serverFirst = formatServerFirst({ ...verifier, nonce });
    const authMessagePrefix = `${message.bare},${serverFirst},`;
    const binding = encodeBinding(message.header, isBound ? this.#endPoint : null);
    this.#offer = { binding, nonce, verifier, authMessagePrefix };
    return serverFirst;
  }

  /**
   * Handles client-final; returning server-final means that the user knows the password.
   *
   * @throws {RequestError} `auth-failed`
   */
  handleFinal(clientFinal: string): string {
    const offer = this.#offer;
    this.#offer = null;
    const message = parseClientFinal(clientFinal);
    if (offer === null || message === null || !matchesOffer(message, offer)) throw authFailed();
    if (message.binding !== offer.binding) throw relayed();
    const authMessage = offer.authMessagePrefix + message.withoutProof;
    if (!isProof(message.proof, offer.verifier, authMessage)) throw authFailed();
    return formatServerFinal(signAsServer(offer.verifier.serverKey, authMessage));
  }
}

/** A user may act only for itself: the authorization identity is absent or equal. */
function actsForItself({ actor, user }: ClientFirst): boolean {
  return actor === null || actor === user;
}

function matchesOffer({ nonce, proof }: ClientFinal, offer: Offer): boolean {
  return nonce === offer.nonce && proof.length === KEY_BYTES;
}

function authFailed(): RequestError {
  return new RequestError("auth-failed");
}

function relayed(): RequestError {
  const detail = "Cannot log in: the login was made for a connection to another server";
  return new RequestError("auth-failed", detail, { reason: "login-relayed" });
}
