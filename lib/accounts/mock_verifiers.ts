import { hmac, type ScramVerifier } from "./scram_keys.ts";

/**
 * Mock verifiers for names without an account, so that a login does not reveal which names have one
 * (RFC 5802, section 9, and section 8 of the protocol). Salt and keys are derived from the name and
 * a secret: different for every name, always the same for one name, and not computable without the
 * secret. No known password matches them.
 */
export class MockVerifiers {
  readonly #secret: Uint8Array;
  readonly #saltBytes: number;
  readonly #iterations: number;

  /** @param secret must outlive the process: a salt that changes at a restart reveals a mock */
  constructor(secret: Uint8Array, saltBytes: number, iterations: number) {
    this.#secret = secret;
    this.#saltBytes = saltBytes;
    this.#iterations = iterations;
  }

  /** @param key the folded name, the same for all spellings of an account's name */
  verifierOf(key: string): ScramVerifier {
    return {
      salt: hmac(this.#secret, `salt ${key}`).subarray(0, this.#saltBytes),
      iterations: this.#iterations,
      storedKey: hmac(this.#secret, `stored key ${key}`),
      serverKey: hmac(this.#secret, `server key ${key}`),
    };
  }
}
