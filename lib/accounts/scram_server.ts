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
import {
  type ClientFinal,
  type ClientFirst,
  encodeBinding,
  formatServerFinal,
  formatServerFirst,
  parseClientFinal,
  parseClientFirst,
} from "./scram_messages.ts";

/** What server-first committed the server to. */
interface Offer {
  readonly binding: string;
  readonly nonce: string;
  readonly verifier: ScramVerifier;
  /** client-first-message-bare and server-first, with the comma after each. */
  readonly sofar: string;
}

/**
 * The server's side of one login by SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677).
 *
 * Messages are the RFC's texts: unwrapping them from the wire is the caller's. Whatever is wrong,
 * be it a message, their order, the user or the password, is the same {@link RequestError}
 * `auth-failed` with the default text, after which the object is of no use. That no user exists
 * must not show either: it is the business of `verifierOf` to make one up.
 */
export class ScramServer {
  readonly #verifierOf: (user: string) => ScramVerifier;
  readonly #nonce: string;
  #offer: Offer | null = null;
  #isFresh = true;

  /**
   * @param verifierOf told a user's name, prepared (RFC 5802, section 5.1); must return a verifier
   * for every name, in the same time, and one that no password fits where there is no such user.
   * What it throws gets through.
   */
  constructor(
    verifierOf: (user: string) => ScramVerifier,
    { nonce = makeNonce() }: ScramOptions = {},
  ) {
    this.#verifierOf = verifierOf;
    this.#nonce = nonce;
  }

  /**
   * Takes client-first and returns server-first.
   *
   * @throws {RequestError} `auth-failed`
   */
  handleFirst(clientFirst: string): string {
    const isFresh = this.#isFresh;
    this.#isFresh = false;
    const hello = isFresh ? parseClientFirst(clientFirst) : null;
    const user = hello === null ? null : prepareUser(hello.user);
    if (hello === null || user === null || !actsForItself(hello)) throw failure();
    const verifier = this.#verifierOf(user);
    const nonce = hello.nonce + this.#nonce;
    const serverFirst = formatServerFirst({ ...verifier, nonce });
    const sofar = `${hello.bare},${serverFirst},`;
    this.#offer = { binding: encodeBinding(hello.header), nonce, verifier, sofar };
    return serverFirst;
  }

  /**
   * Takes client-final; returning server-final means that the user knows the password.
   *
   * @throws {RequestError} `auth-failed`
   */
  handleFinal(clientFinal: string): string {
    const offer = this.#offer;
    this.#offer = null;
    const answer = parseClientFinal(clientFinal);
    if (offer === null || answer === null || !answers(answer, offer)) throw failure();
    const authMessage = offer.sofar + answer.withoutProof;
    if (!isProof(answer.proof, offer.verifier, authMessage)) throw failure();
    return formatServerFinal(signAsServer(offer.verifier.serverKey, authMessage));
  }
}

/** Nobody may act for somebody else. */
function actsForItself({ actor, user }: ClientFirst): boolean {
  return actor === null || actor === user;
}

function answers({ binding, nonce, proof }: ClientFinal, offer: Offer): boolean {
  return binding === offer.binding && nonce === offer.nonce && proof.length === KEY_BYTES;
}

function failure(): RequestError {
  return new RequestError("auth-failed");
}
