import type { SaltedPassword } from "../../accounts/scram_client.ts";
import { RequestError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { installBuffer } from "./buffer_shim.ts";

/** SASLprep changes nothing of these. */
const PLAIN = /^[\x20-\x7e]+$/;

/** What a tab keeps of a login, so that a reload logs in again: not the password. */
export interface KeptLogin {
  readonly user: string;
  readonly iterations: number;
  /** In base64, as `salted`. */
  readonly salt: string;
  readonly salted: string;
}

/** A name and a password, prepared for logins; or what was kept of them. */
export interface TabLogin {
  /** The name, prepared. */
  readonly user: string;
  readonly password: SaltedPassword;
}

/**
 * Prepares a name and a password as they were typed.
 *
 * @param keep called with what is to be kept, once the server has told its salt
 * @throws {RequestError} `bad-request` when no account can have them
 */
export async function prepareLogin(
  user: string,
  password: string,
  keep: (login: KeptLogin) => void,
): Promise<TabLogin> {
  const isPlain = PLAIN.test(user) && PLAIN.test(password) &&
    password.length <= LIMITS.passwordBytes;
  const prepared = isPlain ? { user, password } : await prepareBoth(user, password);
  const salted = new Map<string, Promise<Uint8Array>>();
  return {
    user: prepared.user,
    password: {
      async salted(salt: Uint8Array, iterations: number): Promise<Uint8Array> {
        const key = `${iterations} ${salt.toBase64()}`;
        const work = salted.get(key) ?? saltLater(prepared.password, salt, iterations);
        salted.set(key, work);
        const result = await work;
        keep({
          user: prepared.user,
          iterations,
          salt: salt.toBase64(),
          salted: result.toBase64(),
        });
        return result;
      },
    },
  };
}

/** A login from what was kept of it. It fails once the password has been changed. */
export function restoreLogin(kept: KeptLogin): TabLogin {
  return {
    user: kept.user,
    password: {
      salted(salt: Uint8Array, iterations: number): Promise<Uint8Array> {
        const isSame = salt.toBase64() === kept.salt && iterations === kept.iterations;
        if (isSame) return Promise.resolve(Uint8Array.fromBase64(kept.salted));
        return Promise.reject(new RequestError("auth-failed"));
      },
    },
  };
}

/** Guests do not need what salts a password. */
async function saltLater(password: string, salt: Uint8Array, iterations: number) {
  const { SCRAM } = await import("./scram.ts");
  return await SCRAM.saltPassword(password, salt, iterations);
}

/** The tables of SASLprep are large: a page loads them only where they change something. */
async function prepareBoth(
  user: string,
  password: string,
): Promise<Record<"user" | "password", string>> {
  installBuffer();
  const { prepareUser, preparePassword } = await import("../../accounts/prepare.ts");
  const prepared = prepareUser(user);
  if (prepared === null) {
    const detail = "Cannot log in: no account can have this name";
    throw new RequestError("bad-request", detail, { reason: "account-name" });
  }
  return { user: prepared, password: preparePassword(password) };
}
