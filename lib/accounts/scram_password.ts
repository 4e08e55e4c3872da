import { BoundedMap } from "../async/bounded_map.ts";
import { preparePassword } from "./prepare.ts";
import { saltPassword } from "./scram_keys.ts";

/** Salts that a password is kept with: a server has one, until the password is set anew. */
const KEPT = 4;

/**
 * A password that logs in by SCRAM, on as many connections as it takes: what the server's salt
 * makes of it is computed once and kept in memory, so that connecting again costs nothing (RFC
 * 5802, section 5.1, allows that). Without the password, it is as good as the password itself.
 */
export class ScramPassword {
  readonly #prepared: string;
  readonly #salted = new BoundedMap<string, Promise<Uint8Array>>(KEPT);

  /** @throws {RequestError} `bad-request`, where no account can have this password */
  constructor(password: string) {
    this.#prepared = preparePassword(password);
  }

  /** SaltedPassword. Those who ask for the same one share the work. */
  salted(salt: Uint8Array, iterations: number): Promise<Uint8Array> {
    const key = `${iterations} ${salt.toBase64()}`;
    const kept = this.#salted.get(key);
    if (kept !== undefined) return kept;
    const work = saltPassword(this.#prepared, salt, iterations);
    this.#keep(key, work);
    return work;
  }

  #keep(key: string, work: Promise<Uint8Array>): void {
    this.#salted.set(key, work);
    work.catch(() => this.#salted.delete(key)); // Whoever asked is told; another may try again
  }
}
