import { hmac, type ScramVerifier } from "./scram_keys.ts";

/**
 * What a login under the name of no account is measured by, so that nobody can tell (RFC 5802,
 * section 9, and section 3.5 of the protocol): as many salts and keys as there are names, always the
 * same for the same name, and out of a secret, so that nobody else can make them. No password is
 * known that fits one.
 */
export class MockVerifiers {
  readonly #secret: Uint8Array;
  readonly #saltBytes: number;
  readonly #iterations: number;

  /** @param secret must outlive the process: a salt that changes at a restart is a false one */
  constructor(secret: Uint8Array, saltBytes: number, iterations: number) {
    this.#secret = secret;
    this.#saltBytes = saltBytes;
    this.#iterations = iterations;
  }

  /** @param key what the names of one account have in common */
  verifierOf(key: string): ScramVerifier {
    return {
      salt: hmac(this.#secret, `salt ${key}`).subarray(0, this.#saltBytes),
      iterations: this.#iterations,
      storedKey: hmac(this.#secret, `stored key ${key}`),
      serverKey: hmac(this.#secret, `server key ${key}`),
    };
  }
}
