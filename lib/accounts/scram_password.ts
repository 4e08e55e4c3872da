import { BoundedMap } from "../async/bounded_map.ts";
import { preparePassword } from "./prepare.ts";
import { saltPassword } from "./scram_keys.ts";

/** Salts with a cached result: a server uses one until the password is replaced. */
const MAX_SALTS = 4;

/**
 * A password for any number of logins by SCRAM. The salted password is computed once for each salt
 * and cached in memory, so that reconnecting is cheap (RFC 5802, section 5.1, allows that). It is
 * as secret as the password itself.
 */
export class ScramPassword {
  readonly #prepared: string;
  readonly #salted = new BoundedMap<string, Promise<Uint8Array>>(MAX_SALTS);

  /** @throws {RequestError} `bad-request` if no account can have this password */
  constructor(password: string) {
    this.#prepared = preparePassword(password);
  }

  /** SaltedPassword. Concurrent callers with the same salt share the computation. */
  salted(salt: Uint8Array, iterations: number): Promise<Uint8Array> {
    const key = `${iterations} ${salt.toBase64()}`;
    const cached = this.#salted.get(key);
    if (cached !== undefined) return cached;
    const work = saltPassword(this.#prepared, salt, iterations);
    this.#cache(key, work);
    return work;
  }

  #cache(key: string, work: Promise<Uint8Array>): void {
    this.#salted.set(key, work);
    work.catch(() => this.#salted.delete(key)); // A later call tries again
  }
}
